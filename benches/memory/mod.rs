//! How much memory a process has taken at most, as the kernel tells it (Linux).

use std::fs;

/// The highest size of a process's resident set so far, in KiB: `VmHWM`. `process` is an id, or
/// `self`. None where the process is gone.
pub fn peak_kib(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}
