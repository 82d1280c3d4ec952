//! `tcp.refuses`: a port is closed, at every address of its host.

use std::net::SocketAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::accepts::portless;
use super::wrong_ip;
use crate::contract::{
    Body, Check, Fault, Finding, HostPort, IpVersion, Located, Look, Outside, Period, Seen,
    Unobserved,
};
use crate::reads::{Knock, KnockRequest, Unreached};
use crate::unreached;

/// **Asks** whether a port is closed: every address of the host refuses connections.
///
/// **Why it matters**: the port of a debugger or a profiler that was left open in an image, or an
/// old listener that nobody took away, serves whoever finds it. No health check asks for what should not be there.
///
/// A port that accepts may still be closed, by old tasks that end, so it waits. A firewall that drops what it doesn't let in,
/// as security groups do, looks like a network that is broken: silence leaves the check open, unless
/// `silence: closed` says that it is what is expected. An address that this machine has no way to is not seen; `ip` leaves those
/// of one version of IP out. `timeout` bounds one look, and is how long silence is waited for.
///
/// Let it `hold` for as long as a task takes to start what must not listen.
///
/// **Evidence**: what each address does.
///
/// **Example**
/// ```yaml
/// - check: tcp.refuses
///   address: shop.example.com:5005
///   silence: closed
///   timeout: 3s
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refuses {
    /// The host and port.
    address: HostPort,
    /// Which of the host's addresses must refuse: 4 for those of IPv4, 6 for those of IPv6. Default: all.
    #[serde(default)]
    ip: Option<IpVersion>,
    /// What it means that nothing comes back: `unknown` or `closed`.
    #[serde(default)]
    silence: Silence,
}

/// What it means that nothing comes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Silence {
    /// Nobody knows: a firewall drops connections, or the network is broken.
    #[default]
    Unknown,
    /// A firewall drops connections, as it should.
    Closed,
}

/// What one look of `tcp.refuses` brings.
pub struct Facts {
    knocks: Seen<Result<Vec<(SocketAddr, Knock)>, Unreached>>,
    within: Duration,
}

impl Check for Refuses {
    const KIND: &'static str = "tcp.refuses";
    type Subject = Outside;
    type Facts = Facts;

    async fn observe(&self, look: &Look<'_, Self>) -> Result<Facts, Unobserved> {
        let within = look.times.limit;
        let request = KnockRequest {
            host: self.address.host.clone(),
            port: self.address.port.unwrap_or_default(),
            ip: self.ip,
            within,
        };
        let knocks = look.reads.knock(request).await;
        Ok(Facts { knocks, within })
    }

    fn judge(&self, _: &Outside, facts: &Facts) -> Finding {
        let address = self.address.to_string();
        let knocks = match &facts.knocks.value {
            Ok(knocks) => knocks,
            Err(why) => return unreached::finding(&address, why, facts.within, "`address`"),
        };
        let rows = knocks
            .iter()
            .map(|(address, knock)| [address.to_string(), told(knock)]);
        let table = Body::table(
            format!("the addresses of {address}"),
            ["address", "what it does"],
            rows,
        );
        self.judge_all(&address, knocks, facts.within)
            .evidence(facts.knocks.evidence(table))
    }

    fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let portless = portless(&self.address, fields);
        let wrong_ip = wrong_ip(self.ip, &self.address.host, fields);
        portless.into_iter().chain(wrong_ip).collect()
    }
}

impl Refuses {
    /// One that accepts is told whatever the others do, and what is unknown before what is as expected.
    fn judge_all(
        &self,
        address: &str,
        knocks: &[(SocketAddr, Knock)],
        within: Duration,
    ) -> Finding {
        let within = Period::from(within);
        if knocks.is_empty() {
            return Finding::unobserved(format!("{address} stands for no address"))
                .hint("Check the host name.");
        }
        let accepts = those(knocks, |knock| *knock == Knock::Accepted);
        if !accepts.is_empty() {
            return Finding::not_yet(format!(
                "{address} accepts connections at {}, expected refused",
                accepts.join(", ")
            ))
            .hint("Does an old task still listen, or the new image? Look at the task definition's `portMappings` and at what its security group lets in: `aws ec2 describe-security-groups --group-ids …`.");
        }
        let no_way = those(knocks, |knock| matches!(knock, Knock::NoWay(_)));
        if let Some((_, Knock::NoWay(why))) = knocks
            .iter()
            .find(|(_, knock)| matches!(knock, Knock::NoWay(_)))
        {
            return Finding::unobserved(format!(
                "whether {address} is closed at {} could not be seen: {why}",
                no_way.join(", ")
            ))
            .hint("This machine has no way there. Where it has no IPv6, `ip: 4` leaves those addresses out.");
        }
        let silent = those(knocks, |knock| *knock == Knock::Silent);
        match (silent.len(), self.silence) {
            (0, _) => Finding::holds(format!("{address} refuses connections{}", at_all(knocks))),
            (_, Silence::Closed) => Finding::holds(format!(
                "{address} takes no connection: nothing came back from {} within {within}",
                silent.join(", ")
            )),
            (_, Silence::Unknown) => Finding::unobserved(format!(
                "{address} neither accepts nor refuses: nothing came back from {} within {within}",
                silent.join(", ")
            ))
            .hint("A security group drops what it doesn't let in, and a broken network looks the same. Where nothing should come back, write `silence: closed`."),
        }
    }
}

fn those(knocks: &[(SocketAddr, Knock)], are: impl Fn(&Knock) -> bool) -> Vec<String> {
    let those = knocks.iter().filter(|(_, knock)| are(knock));
    those.map(|(address, _)| address.ip().to_string()).collect()
}

/// ` at all of 2 addresses`, where there is more than one.
fn at_all(knocks: &[(SocketAddr, Knock)]) -> String {
    match knocks.len() {
        1 => String::new(),
        all => format!(" at all of {all} addresses"),
    }
}

fn told(knock: &Knock) -> String {
    match knock {
        Knock::Accepted => "accepts".to_owned(),
        Knock::Refused => "refuses".to_owned(),
        Knock::Silent => "says nothing".to_owned(),
        Knock::NoWay(why) => why.clone(),
    }
}

#[cfg(test)]
mod tests;
