//! What must hold of everything that reads bytes from outside: a function a target, which panics where it
//! doesn't hold. The fuzzer makes up the bytes (`fuzz/run`), and `cargo test` plays the corpus.

mod answers;
mod baseline;
mod blobs;
mod canned;
mod commands;
mod image_reference;
mod lines;
mod merge;
mod page;
mod parts;
mod report;
mod stops;
mod suite;
mod wire;
mod world;
mod worlds;

/// A property of a reader, for any bytes.
pub type Target = fn(&[u8]);

/// Each target by its name, which is the name of its corpus.
pub const TARGETS: &[(&str, Target)] = &[
    ("aws_answer", answers::replaced),
    ("aws_omission", answers::omitted),
    ("baseline", baseline::read),
    ("image_blobs", blobs::read),
    ("image_reference", image_reference::read),
    ("log_line", lines::matched),
    ("merge", merge::joined),
    ("report", report::read),
    ("stop_text", stops::explained),
    ("suite", suite::read),
    ("web_page", page::judged),
];
