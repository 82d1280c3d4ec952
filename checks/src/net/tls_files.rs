//! The fields of a check that speaks TLS: whom to trust, and as whom to speak.

use std::path::{Path, PathBuf};

use crate::contract::{Fault, Located};
use crate::reads::{ClientCertificate, Tls, Trust};

/// The fields of whatever kind it is.
#[derive(Clone, Copy, Default)]
pub(crate) struct TlsFiles<'c> {
    pub ca: Option<&'c Path>,
    pub certificate: Option<&'c Path>,
    pub key: Option<&'c Path>,
    /// Whether anyone is trusted.
    pub insecure: bool,
}

/// The names of the fields.
const FIELDS: [&str; 4] = ["ca_file", "cert_file", "key_file", "insecure"];

impl TlsFiles<'_> {
    /// What they stand for, each found by `path`.
    pub fn tls(&self, path: impl Fn(&Path) -> PathBuf) -> Tls {
        let own = self.certificate.zip(self.key);
        let trust = match (self.insecure, self.ca) {
            (true, _) => Trust::Anyone,
            (false, Some(ca)) => Trust::File(path(ca)),
            (false, None) => Trust::System,
        };
        Tls {
            trust,
            own: own.map(|(certificate, key)| ClientCertificate {
                certificate: path(certificate),
                key: path(key),
            }),
        }
    }

    /// Fields that don't go together, or not without one another.
    pub fn mistakes(&self, fields: &Located) -> Vec<Fault> {
        let halves = self.half_a_certificate(fields);
        halves
            .into_iter()
            .chain(self.all_and_some(fields))
            .collect()
    }

    /// Those whom a file names, and everybody else, too.
    fn all_and_some(&self, fields: &Located) -> Option<Fault> {
        let is_both = self.insecure && self.ca.is_some();
        is_both.then(|| {
            let why = "`ca_file` and `insecure` can't go together";
            Fault::new(fields.place_of("insecure"), why).help("write one of them")
        })
    }

    /// A certificate without its key, or a key without its certificate.
    fn half_a_certificate(&self, fields: &Located) -> Option<Fault> {
        let (written, missing) = match (self.certificate, self.key) {
            (Some(_), None) => ("cert_file", "key_file"),
            (None, Some(_)) => ("key_file", "cert_file"),
            _ => return None,
        };
        let message = format!("`{written}` goes together with `{missing}`");
        let help = match missing {
            "key_file" => "name the file of its key (PEM, without a passphrase)",
            _ => "name the file of its certificate (PEM)",
        };
        Some(Fault::new(fields.place_of(written), message).help(help))
    }

    /// Fields of TLS where there is none, each with what to do instead.
    pub fn without_tls(fields: &Located, whose: &str, help: &str) -> Vec<Fault> {
        let written = FIELDS.iter().filter(|name| fields.get(name).is_some());
        let fault = |name: &&str| {
            Fault::new(
                fields.place_of(name),
                format!("`{name}` is for {whose} with TLS"),
            )
            .help(help)
        };
        written.map(fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_goes_together_with_its_key() {
        let (certificate, key) = (Some(Path::new("a.pem")), Some(Path::new("a.key")));
        let told = |certificate, key| {
            let files = TlsFiles {
                certificate,
                key,
                ..TlsFiles::default()
            };
            let fault = files.mistakes(&Located::text("")).pop();
            fault.map(|fault| fault.message)
        };
        assert_eq!(told(certificate, key), None);
        assert_eq!(told(None, None), None);
        assert_eq!(
            told(certificate, None).as_deref(),
            Some("`cert_file` goes together with `key_file`")
        );
        assert_eq!(
            told(None, key).as_deref(),
            Some("`key_file` goes together with `cert_file`")
        );
    }

    #[test]
    fn each_file_is_found_from_where_the_suite_is() {
        let files = TlsFiles {
            ca: Some(Path::new("ca.pem")),
            certificate: Some(Path::new("own.pem")),
            key: Some(Path::new("own.key")),
            insecure: false,
        };
        let tls = files.tls(|path| Path::new("suite").join(path));
        assert_eq!(tls.trust, Trust::File("suite/ca.pem".into()));
        let own = ClientCertificate {
            certificate: "suite/own.pem".into(),
            key: "suite/own.key".into(),
        };
        assert_eq!(tls.own, Some(own));
    }

    #[test]
    fn whoever_trusts_anyone_names_nobody() {
        let mut files = TlsFiles {
            insecure: true,
            ..TlsFiles::default()
        };
        assert_eq!(files.tls(Path::to_owned).trust, Trust::Anyone);
        assert!(files.mistakes(&Located::text("")).is_empty());
        files.ca = Some(Path::new("ca.pem"));
        let told = files.mistakes(&Located::text(""));
        assert_eq!(
            told[0].message,
            "`ca_file` and `insecure` can't go together"
        );
    }
}
