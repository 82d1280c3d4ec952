//! As many of a kind as a picture has room for, and how many are left out.

/// What is kept of a group, in its order.
pub(super) struct Limited<T> {
    /// What these are, in the plural.
    pub(super) of: &'static str,
    /// What is shown.
    pub(super) kept: Vec<T>,
    /// How many further ones there are.
    pub(super) left_out: usize,
}

impl<T> Limited<T> {
    /// The `most` most telling of `all`, those of equal weight in their order.
    pub(super) fn of(
        of: &'static str,
        most: usize,
        all: impl IntoIterator<Item = T>,
        weight: impl Fn(&T) -> u8,
    ) -> Self {
        let mut by_weight: Vec<(usize, T)> = all.into_iter().enumerate().collect();
        by_weight.sort_by_key(|(_, one)| std::cmp::Reverse(weight(one)));
        let left_out = by_weight.len().saturating_sub(most);
        by_weight.truncate(most);
        by_weight.sort_by_key(|(place, _)| *place);
        let kept = by_weight.into_iter().map(|(_, one)| one).collect();
        Self { of, kept, left_out }
    }

    /// The same, with something made of each that is kept.
    pub(super) fn map<U>(self, make: impl FnMut(T) -> U) -> Limited<U> {
        Limited {
            of: self.of,
            kept: self.kept.into_iter().map(make).collect(),
            left_out: self.left_out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_are_kept_in_their_order() {
        let limited = Limited::of("numbers", 3, [1, 9, 2, 9, 1], |one| *one);
        assert_eq!((limited.kept, limited.left_out), (vec![9, 2, 9], 2));
        let all = Limited::of("numbers", 3, [1, 2], |one| *one);
        assert_eq!((all.kept, all.left_out), (vec![1, 2], 0));
    }
}
