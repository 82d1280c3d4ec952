//! Every target holds for every input of its corpus: what seeds the fuzzer, and what it found.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use touchdown_fuzz::TARGETS;

#[test]
fn every_input_of_the_corpus_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in TARGETS {
        let inputs = fs::read_dir(corpus.join(name)).expect("each target has a corpus");
        let inputs: Vec<_> = inputs
            .map(|input| input.expect("an input").path())
            .collect();
        assert!(!inputs.is_empty(), "{name} has no input");
        for input in inputs {
            let bytes = fs::read(&input).expect("an input");
            let held = catch_unwind(|| target(&bytes));
            assert!(held.is_ok(), "{} does not hold", input.display());
        }
    }
}
