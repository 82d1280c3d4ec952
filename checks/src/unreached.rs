//! What is told of an address at which nothing answered, for every kind that looks from outside.

use std::time::Duration;

use crate::contract::{Finding, Period};
use crate::reads::{Mistrust, Unreached};

/// The finding where nothing answered: it may still come up, unless it could not be asked at all.
/// `fields` are those of the check that say what is sent.
pub(crate) fn finding(address: &str, why: &Unreached, within: Duration, fields: &str) -> Finding {
    let within = Period::from(within);
    let finding = match why {
        Unreached::NameNotFound(reason) => Finding::unobserved(format!(
            "{address} could not be asked: the name does not resolve ({reason})"
        )),
        Unreached::Unsendable(reason) => {
            Finding::unobserved(format!("{address} can't be asked: {reason}")).lasting()
        }
        Unreached::NoAnswer(reason) => {
            Finding::not_yet(format!("{address} does not answer: {reason}"))
        }
        Unreached::NotConnected(_) => {
            Finding::not_yet(format!("{address} does not answer: {why}, within {within}"))
        }
        Unreached::TimedOut => {
            Finding::not_yet(format!("{address} did not answer within {within}"))
        }
        Unreached::Untrusted(mistrust) => return untrusted(address, mistrust),
        Unreached::OtherProtocol(what)
        | Unreached::NoStartTls(what)
        | Unreached::Unidentified(what) => {
            Finding::not_yet(format!("{address} answers, but {what}"))
        }
    };
    finding.hint(next_step(why, fields))
}

/// The finding where a server is not known to be who it should be: another one may answer next.
pub(crate) fn untrusted(address: &str, mistrust: &Mistrust) -> Finding {
    Finding::not_yet(format!(
        "the certificate of {address} is not to be trusted: {mistrust}"
    ))
    .hint(to_be_trusted(mistrust))
}

/// What to do where nothing answered.
pub(crate) fn next_step(why: &Unreached, fields: &str) -> String {
    let step = match why {
        Unreached::NameNotFound(_) => {
            "Check the host name, and the DNS of the machine that runs touchdown."
        }
        Unreached::Unsendable(_) => return format!("Correct the check's {fields}."),
        Unreached::NoAnswer(_) => {
            "Is a task registered with the load balancer, and does its container listen on the target group's port?"
        }
        Unreached::NotConnected(_) => {
            "Not even a refusal came back: do the security groups and network ACLs let this machine in, and is the address still in use?"
        }
        Unreached::TimedOut => {
            "Either nothing lets the connection through (security groups), or the application hangs: `tcp.accepts` tells which."
        }
        Unreached::Untrusted(mistrust) => to_be_trusted(mistrust),
        Unreached::OtherProtocol(_) => {
            "Is it the right port, with the right protocol behind it? A server that ends TLS may want a client certificate: `cert_file` and `key_file`."
        }
        Unreached::NoStartTls(_) => {
            "Is it the right port for that protocol, and has its server a certificate, without which it offers no TLS?"
        }
        Unreached::Unidentified(_) => {
            "Name a certificate that it takes with `cert_file`, and its key with `key_file`."
        }
    };
    step.to_owned()
}

fn to_be_trusted(mistrust: &Mistrust) -> &'static str {
    match mistrust {
        Mistrust::UnknownIssuer { .. } => {
            "Where your own authority signed it, name that one's certificate with `ca_file`; otherwise the server leaves out the certificates between, which `tls.valid` shows."
        }
        Mistrust::SelfSigned => {
            "Is it the listener's certificate, or one that a proxy or the image made up? Where it is meant, name it with `ca_file`."
        }
        Mistrust::OtherName { .. } => {
            "Look at the certificates of the load balancer's listener, and at the name that is asked for."
        }
        Mistrust::Expired { .. } => RENEW,
        Mistrust::NotYetValid { .. } => {
            "Look at the clock of this machine, and at when the certificate was issued."
        }
        Mistrust::Other(_) => "`tls.valid` shows the certificates.",
    }
}

/// What to do where a certificate has expired.
pub(crate) const RENEW: &str = "Waiting renews no certificate: look at its issuer's renewal (ACM, cert-manager), and at what the load balancer's listener names.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::State;

    #[test]
    fn each_reason_has_a_sentence_and_a_next_step_of_its_own() {
        let address = "10.0.0.7:443".parse().expect("an address");
        let reasons = [
            Unreached::NoAnswer("Connection refused".into()),
            Unreached::NotConnected(vec![address]),
            Unreached::TimedOut,
            Unreached::Untrusted(Mistrust::SelfSigned),
            Unreached::OtherProtocol("speaks no TLS".into()),
            Unreached::Unidentified("wants a client certificate".into()),
            Unreached::NoStartTls("offers no TLS".into()),
            Unreached::NameNotFound("no such host".into()),
            Unreached::Unsendable("ca.pem can't be read".into()),
        ];
        let told = reasons.each_ref().map(|why| {
            let finding = finding("shop:443", why, Duration::from_secs(5), "`address`");
            (finding.state, finding.headline, finding.hint)
        });
        let headlines = told.each_ref().map(|(_, headline, _)| headline.as_str());
        assert_eq!(
            headlines,
            [
                "shop:443 does not answer: Connection refused",
                "shop:443 does not answer: no connection in time at 10.0.0.7, within 5s",
                "shop:443 did not answer within 5s",
                "the certificate of shop:443 is not to be trusted: it signed itself",
                "shop:443 answers, but speaks no TLS",
                "shop:443 answers, but wants a client certificate",
                "shop:443 answers, but offers no TLS",
                "shop:443 could not be asked: the name does not resolve (no such host)",
                "shop:443 can't be asked: ca.pem can't be read",
            ]
        );
        let hints: std::collections::BTreeSet<_> = told.iter().map(|(.., hint)| hint).collect();
        assert_eq!(hints.len(), told.len(), "{hints:#?}");
        let states = told.each_ref().map(|(state, ..)| *state);
        assert_eq!(states[..7], [State::NotYet; 7]);
        assert_eq!(states[7..], [State::Unobserved; 2]);
    }
}
