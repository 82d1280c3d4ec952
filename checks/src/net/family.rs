//! Which of a host's addresses a check means.

use std::net::IpAddr;

use crate::contract::{Fault, IpVersion, Located};

/// A host that is an address, and of the other version of IP than its check wants.
pub(crate) fn wrong_ip(ip: Option<IpVersion>, host: &str, fields: &Located) -> Option<Fault> {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok()?;
    let wanted = ip.filter(|wanted| *wanted != IpVersion::of(&address))?;
    let told = format!("`{address}` is no address of {wanted}");
    Some(Fault::new(fields.place_of("ip"), told).help("leave `ip` out, or write a name"))
}
