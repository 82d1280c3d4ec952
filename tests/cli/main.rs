//! The real binary over the real wire: touchdown as a process, the simulator and small web
//! servers on loopback.

mod aws;
mod place;
mod web;

mod calls;
mod ci;
mod command_line;
mod confirms;
mod credentials;
mod denials;
mod digests;
mod doctors;
mod endings;
mod endpoints;
mod events;
mod examples;
mod fresh;
mod hostile;
mod inits;
mod leaks;
mod lines;
mod merges;
mod monitoring;
mod names;
mod offline;
mod packaging;
mod pages;
mod plugin_facts;
mod plugin_kinds;
mod plugins;
mod profiles;
mod reads_only;
mod redirects;
mod registries;
mod registry_answers;
mod registry_logins;
mod registry_server;
mod rendering;
mod secrets;
mod shards;
mod snapshots;
mod tasks;
mod values;
