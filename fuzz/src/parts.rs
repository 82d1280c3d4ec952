//! One input of several texts, so that a corpus stays readable: lines of `--` part them.

/// The first `N` texts of an input; those that aren't there are empty. The last one holds the rest.
pub(crate) fn of<const N: usize>(data: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.splitn(N, "\n--\n").map(str::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
