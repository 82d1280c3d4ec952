//! Kinds that look from outside, by the real binary: each in its four states, against real servers on
//! loopback, which others wrote where the protocol is more than a few lines.

#[path = "../cli/place.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod place;
mod secure;
mod server;
mod suite;
#[path = "../cli/web.rs"]
#[allow(dead_code, reason = "each test file uses its part")]
mod web;

mod browser;
mod connections;
mod dns;
mod exec;
mod grpc;
mod http;
mod identified;
mod nagios;
mod names;
mod paths;
mod redirects;
mod starttls;
mod tcp;
mod tls;
mod versions;
mod webdriver;
mod websocket;
