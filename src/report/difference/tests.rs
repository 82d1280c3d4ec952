//! What is marked of two texts, and that nothing of them is lost.

use proptest::prelude::*;

use super::*;

/// A text with `[…]` around each stretch that differs.
fn marked(stretches: &[Stretch<'_>]) -> String {
    let show = |one: &Stretch<'_>| match one.differs {
        true => format!("[{}]", one.text),
        false => one.text.to_owned(),
    };
    stretches.iter().map(show).collect()
}

#[test]
fn what_differs_is_marked_word_by_word() {
    for (expected, seen, marked_expected, marked_seen) in [
        ("5421", "5421", "5421", "5421"),
        ("5421", "5401", "[5421]", "[5401]"),
        ("200", "", "[200]", ""),
        ("web:5", "web:4", "web:[5]", "web:[4]"),
        ("newer than web:4", "web:4", "[newer than ]web:4", "web:4"),
        (
            "sha256:9f86, pushed 23:41:07 UTC",
            "sha256:2c26, pushed 23:20:08 UTC",
            "sha256:[9f86], pushed 23:[41:07] UTC",
            "sha256:[2c26], pushed 23:[20:08] UTC",
        ),
        (
            "sha256:9f86",
            "sha256:2c26 (2 tasks)\nsha256:9f86 (1 task)",
            "sha256:9f86",
            "[sha256:2c26 (2 tasks)\n]sha256:9f86[ (1 task)]",
        ),
        (
            "platform is linux/amd64",
            "platform is linux/arm64",
            "platform is linux/[amd64]",
            "platform is linux/[arm64]",
        ),
        ("a:2", "a:1 a:2", "a:2", "[a:1 ]a:2"),
        ("a:1", "a:1 a:2", "a:1", "a:1[ a:2]"),
        ("部署 完了", "部署 失敗", "部署 [完了]", "部署 [失敗]"),
    ] {
        let (left, right) = stretches(expected, seen);
        assert_eq!(
            (marked(&left).as_str(), marked(&right).as_str()),
            (marked_expected, marked_seen)
        );
    }
}

#[test]
fn texts_are_alike_where_a_part_can_be_wrong() {
    for (expected, seen, alike) in [
        ("200", "503", true),
        ("sha256:9f86, pushed then", "sha256:2c26", true),
        ("newer than web:4", "web:4", true),
        (
            "before every task started",
            "2025-10-07 11:16:48 UTC",
            false,
        ),
        ("an answer", "AccessDeniedException", false),
        ("a log group", "none", false),
    ] {
        assert_eq!(are_alike(expected, seen), alike, "{expected} | {seen}");
    }
}

#[test]
fn a_long_text_is_marked_between_its_ends() {
    let long = |word: &str| format!("start {} end", format!("{word} ").repeat(1_000));
    let (expected, seen) = (long("a"), long("b"));
    let (left, right) = stretches(&expected, &seen);
    assert_eq!((left.len(), right.len()), (3, 3));
    assert_eq!(left[0].text, "start ");
    assert_eq!(right[2].text.trim_start(), "end");
}

proptest! {
    #[test]
    fn nothing_is_lost_and_only_equal_texts_go_unmarked(
        expected in "[ab1:, 部\n]{0,24}",
        seen in "[ab1:, 部\n]{0,24}",
    ) {
        let (left, right) = stretches(&expected, &seen);
        let whole = |side: &[Stretch<'_>]| side.iter().map(|one| one.text).collect::<String>();
        prop_assert_eq!(whole(&left), expected.clone());
        prop_assert_eq!(whole(&right), seen.clone());
        prop_assert!(left.iter().chain(&right).all(|one| !one.text.is_empty()));
        let unmarked = left.iter().chain(&right).all(|one| !one.differs);
        prop_assert_eq!(unmarked, expected == seen);
    }
}
