//! The fuzzer: libFuzzer over the target that `FUZZ_TARGET` names.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use touchdown_fuzz::{TARGETS, Target};

/// The target to run, looked up once.
static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(known, _)| *known == name);
    found.map_or_else(
        || panic!("FUZZ_TARGET=`{name}` names no target"),
        |(_, target)| *target,
    )
});

fuzz_target!(|data: &[u8]| TARGET(data));
