//! Baseline files: what is read can be written and read again, and what is refused is told on one line.

use touchdown::checks::contract::Baseline;

pub(crate) fn read(data: &[u8]) {
    match Baseline::read(data) {
        Ok(baseline) => {
            assert_eq!(baseline.version, Baseline::VERSION);
            let again = Baseline::read(baseline.write().as_bytes()).expect("what was written");
            assert_eq!(again.write(), baseline.write());
        }
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains('\n') && !told.is_empty(), "{told:?}");
        }
    }
}
