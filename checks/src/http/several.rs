//! Several answers of one page: many times, or at each address that its name stands for.

use std::net::IpAddr;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use super::judge::{Answer, Expected, GIVE_TIME};
use super::timing;
use crate::contract::{Finding, HostPort, IpVersion, Period, State};
use crate::reads::{FetchError, PageRequest, Reads, Unreached};

/// How many times a page is asked in one look, 1 to 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub(super) struct Times(#[schemars(range(min = 1, max = 1000))] pub u16);

impl<'de> Deserialize<'de> for Times {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u16::deserialize(deserializer)? {
            times @ 1..=1000 => Ok(Self(times)),
            other => Err(de::Error::custom(format!(
                "`{other}` is not from 1 to 1000"
            ))),
        }
    }
}

/// Who has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "kebab-case")]
pub(super) enum Each {
    /// Each address that the host of `url` resolves to, of IPv4 and IPv6, that this machine has a way to.
    Address,
}

impl<'de> Deserialize<'de> for Each {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "address" => Ok(Self::Address),
            "task" => Err(de::Error::custom(
                "`each` is `address`; each task is asked by `http.every-task-responds`",
            )),
            other => Err(de::Error::custom(format!(
                "`each` is `address`, not `{other}`"
            ))),
        }
    }
}

/// What one look brings.
pub struct Answers {
    /// Each answer, with the address that was asked where that was chosen.
    pub(super) all: Vec<(Option<IpAddr>, Answer)>,
    /// The addresses that this machine has no way to.
    pub(super) passed_over: Vec<IpAddr>,
    /// How long each answer had.
    pub(super) within: Duration,
}

/// Asks so many times, each time on a connection of its own.
pub(super) async fn times(request: PageRequest, times: u16, reads: &Reads) -> Answers {
    let request = PageRequest {
        new_connection: true,
        ..request
    };
    let each = vec![None; times.into()];
    asked(request, each, Vec::new(), reads).await
}

/// Asks once.
pub(super) async fn once(request: PageRequest, reads: &Reads) -> Answers {
    asked(request, vec![None], Vec::new(), reads).await
}

/// Asks each address of the host, so many times.
pub(super) async fn each_address(request: PageRequest, times: u16, reads: &Reads) -> Answers {
    let host = request.url.host_str().unwrap_or_default();
    // What is resolved for this look is resolved for none of its requests.
    let addresses = match reads.addresses(host, request.within / 2).await.value {
        Ok(addresses) => addresses,
        Err(why) => return none_of_them(reads, &request, why.into()),
    };
    let request = PageRequest {
        within: request.within / 2,
        new_connection: true,
        ..request
    };
    let is_meant = |address: &IpAddr| request.ip.is_none_or(|ip| ip == IpVersion::of(address));
    let addresses: Vec<IpAddr> = addresses.into_iter().filter(is_meant).collect();
    if let Some(ip) = request.ip.filter(|_| addresses.is_empty()) {
        let why = Unreached::NameNotFound(format!("it has no address of {ip}"));
        return none_of_them(reads, &request, why.into());
    }
    let (there, passed_over): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .into_iter()
        .partition(|address| reads.has_route_to(*address));
    let each = there
        .iter()
        .flat_map(|address| vec![Some(*address); times.into()]);
    asked(request, each.collect(), passed_over, reads).await
}

fn none_of_them(reads: &Reads, request: &PageRequest, why: FetchError) -> Answers {
    Answers {
        all: vec![(None, reads.no_page(request, why))],
        passed_over: Vec::new(),
        within: request.within,
    }
}

async fn asked(
    request: PageRequest,
    each: Vec<Option<IpAddr>>,
    passed_over: Vec<IpAddr>,
    reads: &Reads,
) -> Answers {
    let within = request.within;
    let is_name = request.url.domain().is_some();
    let requests = each.iter().map(|address| {
        let elsewhere = address.filter(|_| is_name).map(|address| HostPort {
            host: address.to_string(),
            port: None,
        });
        PageRequest {
            connect_to: elsewhere.or_else(|| request.connect_to.clone()),
            ..request.clone()
        }
    });
    let answers = reads.pages(requests.collect(), within).await;
    Answers {
        all: each.into_iter().zip(answers).collect(),
        passed_over,
        within,
    }
}

/// The states from the one that weighs most, but for `holds`.
const WORST_FIRST: [State; 3] = [State::Broken, State::Unobserved, State::NotYet];

impl Answers {
    /// What all answers say together: what is expected must be true of each.
    pub(super) fn judge(&self, expected: &Expected<'_>) -> Finding {
        let had_time = self
            .all
            .iter()
            .filter(|(_, answer)| answer.value != Err(FetchError::NoTime));
        let mut judged: Vec<(Option<IpAddr>, Finding)> = had_time
            .map(|(address, answer)| (*address, expected.judge(answer, self.within)))
            .collect();
        let finding = match (self.all.as_slice(), judged.len()) {
            ([], _) => self.nowhere(expected),
            ([(None, _)], 1) => judged.remove(0).1,
            _ => self.together(expected, judged),
        };
        finding.all_evidence(timing::table(self))
    }

    fn nowhere(&self, expected: &Expected<'_>) -> Finding {
        let url = expected.url.as_str();
        Finding::unobserved(format!(
            "{url} could not be asked: this machine has no way to {}",
            listed(&self.passed_over)
        ))
        .hint("Run touchdown where the addresses can be reached; most runners have no IPv6.")
    }

    fn together(
        &self,
        expected: &Expected<'_>,
        mut judged: Vec<(Option<IpAddr>, Finding)>,
    ) -> Finding {
        let (all, count) = (self.all.len(), judged.len());
        let is_off = |(_, finding): &&(Option<IpAddr>, Finding)| finding.state != State::Holds;
        let off = judged.iter().filter(is_off).count();
        let worst = WORST_FIRST.iter().find_map(|state| {
            judged
                .iter()
                .position(|(_, finding)| finding.state == *state)
        });
        let Some(worst) = worst else {
            return match count < all {
                true => self.short_of_time(expected, count),
                false => self.all_as_expected(expected, judged),
            };
        };
        let lasting = judged
            .iter()
            .filter(is_off)
            .all(|(_, finding)| finding.lasting);
        let (address, first) = judged.swap_remove(worst);
        let at = address.map_or(String::new(), |address| format!("{address}: "));
        let untimely = match all - count {
            0 => String::new(),
            more => format!("; there was no time to ask {more} times more"),
        };
        let told = format!(
            "{off} of {count} answers are not as expected: {at}{}{untimely}{}",
            first.headline,
            self.out_of_reach()
        );
        Finding {
            headline: told,
            lasting,
            ..first
        }
    }

    /// All that could be asked is as expected, and not all could be.
    fn short_of_time(&self, expected: &Expected<'_>, asked: usize) -> Finding {
        Finding::unobserved(format!(
            "{} was asked only {asked} of {} times within {}, and answered as expected{}",
            expected.url,
            self.all.len(),
            Period::from(self.within),
            self.out_of_reach()
        ))
        .hint(GIVE_TIME)
    }

    fn out_of_reach(&self) -> String {
        match self.passed_over.as_slice() {
            [] => String::new(),
            some => format!("; this machine has no way to {}", listed(some)),
        }
    }

    /// The slowest and the fastest are told; of what they had, the first speaks for all.
    fn all_as_expected(
        &self,
        expected: &Expected<'_>,
        mut judged: Vec<(Option<IpAddr>, Finding)>,
    ) -> Finding {
        let took = self
            .all
            .iter()
            .filter_map(|(_, answer)| answer.value.as_ref().ok());
        let took: Vec<Duration> = took.map(|page| page.took).collect();
        let shortest = took.iter().min().copied().unwrap_or_default();
        let longest = took.iter().max().copied().unwrap_or_default();
        let mut addresses: Vec<IpAddr> =
            judged.iter().filter_map(|(address, _)| *address).collect();
        addresses.dedup();
        let whose = match addresses.len() {
            0 => String::new(),
            1 => format!(" of {}", listed(&addresses)),
            more => format!(" of {more} addresses ({})", listed(&addresses)),
        };
        let (_, first) = judged.swap_remove(0);
        Finding {
            headline: format!(
                "{} answered as expected {} of {} times{whose}, in {} to {}{}",
                expected.url,
                self.all.len(),
                self.all.len(),
                Period::from(shortest),
                Period::from(longest),
                self.out_of_reach()
            ),
            ..first
        }
    }
}

pub(super) fn listed(addresses: &[IpAddr]) -> String {
    let addresses = addresses.iter().map(IpAddr::to_string);
    addresses.collect::<Vec<_>>().join(", ")
}
