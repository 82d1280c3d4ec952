//! What may be said of a statement at an instant.

use std::ops::BitOr;

/// The states that a look may truthfully find at an instant. Several where the rules leave it open, as for a
/// page that old and new tasks answer in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Says(u8);

impl Says {
    /// The statement is true.
    pub const HOLDS: Self = Self(1);
    /// It is not true now, and may become so.
    pub const NOT_YET: Self = Self(2);
    /// It is not true, and waiting can't help; AWS tells so.
    pub const BROKEN: Self = Self(4);
    /// It can't be known now.
    pub const UNKNOWN: Self = Self(8);
    /// It can't be known, and never will be.
    pub const OPEN: Self = Self(16);

    /// Whether one of `other` may be said.
    #[must_use]
    pub fn may_be(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether it settles the check: nothing else may be said, and it isn't what one waits with.
    #[must_use]
    pub fn settles(self) -> bool {
        [Self::HOLDS, Self::BROKEN, Self::OPEN].contains(&self)
    }
}

impl BitOr for Says {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::fmt::Display for Says {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = [
            (Self::HOLDS, "holds"),
            (Self::NOT_YET, "not yet"),
            (Self::BROKEN, "broken"),
            (Self::UNKNOWN, "unknown"),
            (Self::OPEN, "open for good"),
        ];
        let told = names.iter().filter(|(says, _)| self.may_be(*says));
        let told: Vec<&str> = told.map(|(_, name)| *name).collect();
        formatter.write_str(&told.join(" or "))
    }
}
