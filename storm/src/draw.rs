//! Drawing by name: what is drawn for one name depends on the seed and that name alone, so that a dimension
//! that comes or goes leaves all others as they are.

/// Draws for one seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw {
    seed: u64,
}

impl Draw {
    pub(crate) fn of(seed: u64) -> Self {
        Self { seed }
    }

    /// Any number.
    fn number(self, name: &str) -> u64 {
        spread(hash(name.bytes()) ^ self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// A number of `least..=most`.
    pub(crate) fn between(self, name: &str, least: u64, most: u64) -> u64 {
        least + self.number(name) % (most.saturating_sub(least) + 1)
    }

    /// Whether something happens that happens so often in a hundred.
    pub(crate) fn happens(self, name: &str, percent: u64) -> bool {
        self.between(name, 1, 100) <= percent
    }

    /// One of several, each as often as its weight says.
    pub(crate) fn weighed<T: Copy>(self, name: &str, choices: &[(u64, T)]) -> T {
        let total: u64 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.between(name, 1, total.max(1));
        for (weight, choice) in choices {
            if left <= *weight {
                return *choice;
            }
            left -= weight;
        }
        choices[0].1
    }
}

/// FNV-1a.
pub(crate) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    const OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    bytes.fold(OFFSET, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    })
}

/// The finishing steps of SplitMix64, which spread a number over all bits.
pub(crate) fn spread(mut mixed: u64) -> u64 {
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::Draw;

    #[test]
    fn draws_are_repeatable_and_spread() {
        let drawn: Vec<u64> = (0..1000)
            .map(|seed| Draw::of(seed).between("x", 1, 4))
            .collect();
        let again: Vec<u64> = (0..1000)
            .map(|seed| Draw::of(seed).between("x", 1, 4))
            .collect();
        assert_eq!(drawn, again);
        for value in 1..=4 {
            let count = drawn.iter().filter(|one| **one == value).count();
            assert!(
                (200..300).contains(&count),
                "{value} was drawn {count} times"
            );
        }
        assert_ne!(
            Draw::of(1).between("a", 0, u64::MAX - 1),
            Draw::of(1).between("b", 0, u64::MAX - 1)
        );
    }

    #[test]
    fn what_weighs_nothing_is_never_drawn() {
        assert!((0..200).all(|seed| Draw::of(seed).weighed("x", &[(0, 'a'), (3, 'b')]) == 'b'));
    }
}
