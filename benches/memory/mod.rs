//! How much memory a process has taken at most, as the kernel tells it (Linux).
#![allow(dead_code, reason = "each bench uses its part")]

use std::process::Child;
use std::time::Duration;
use std::{fs, io, thread};

/// The highest size of a process's resident set so far, in KiB: `VmHWM`. `process` is an id, or
/// `self`. None where the process is gone.
pub fn peak_kib(process: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// Waits for a program's end, and returns its peak memory and exit code. The kernel keeps the
/// peak for as long as the process lives, so only what it takes in its last moments is missed.
pub fn watch(child: &mut Child) -> io::Result<(u64, Option<i32>)> {
    let process = child.id().to_string();
    let mut peak = 0;
    loop {
        peak = peak.max(peak_kib(&process).unwrap_or_default());
        if let Some(ended) = child.try_wait()? {
            return Ok((peak, ended.code()));
        }
        thread::sleep(Duration::from_millis(1));
    }
}
