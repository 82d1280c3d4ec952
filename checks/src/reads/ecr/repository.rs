//! Private registries: whose, where, and which repository.

use std::fmt;

use crate::contract::ImageReference;

/// A repository in somebody's private registry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Repository {
    /// The registry: an AWS account's number.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The repository's name, without the host.
    pub name: String,
}

impl Repository {
    /// Reads `host/name` as image references write it:
    /// `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME`, or the dual-stack form
    /// `ACCOUNT.dkr-ecr.REGION.on.aws/NAME`. None where the host is no private ECR registry.
    #[must_use]
    pub fn parse(repository: &str) -> Option<Self> {
        let (host, name) = repository.split_once('/')?;
        let (account, rest) = host
            .split_once(".dkr.ecr.")
            .or_else(|| host.split_once(".dkr.ecr-fips."))
            .or_else(|| host.split_once(".dkr-ecr."))
            .or_else(|| host.split_once(".dkr-ecr-fips."))?;
        let (region, domain) = rest.split_once('.')?;
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let is_aws = domain.starts_with("amazonaws.com") || domain.starts_with("on.");
        (is_account && is_aws && !name.is_empty()).then(|| Self {
            account: account.to_owned(),
            region: region.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The repository of an image as a task definition writes it. None where the image is in no
    /// private ECR registry, or can't be read.
    #[must_use]
    pub fn of_image(image: &str) -> Option<Self> {
        let image: ImageReference = image.parse().ok()?;
        Self::parse(&image.repository?)
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} (account {}, {})",
            self.name, self.account, self.region
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_hosts_of_private_registries() {
        let parsed = |text| Repository::parse(text).map(|r| (r.account, r.region, r.name));
        let expected = Some((
            "099200121087".into(),
            "us-east-1".into(),
            "hc-tap/dashboard".into(),
        ));
        assert_eq!(
            parsed("099200121087.dkr.ecr.us-east-1.amazonaws.com/hc-tap/dashboard"),
            expected
        );
        assert_eq!(
            parsed("099200121087.dkr-ecr.us-east-1.on.aws/hc-tap/dashboard"),
            expected
        );
        assert!(parsed("298717586028.dkr.ecr.cn-north-1.amazonaws.com.cn/app").is_some());
        assert_eq!(parsed("public.ecr.aws/nginx/nginx"), None);
        assert_eq!(parsed("docker.io/library/nginx"), None);
        assert_eq!(parsed("nginx"), None);
    }
}
