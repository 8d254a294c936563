//! Text out of files that anybody could have written.

/// A text longer than this is cut: hostile names can be of any length.
const LONGEST: usize = 300;

/// The text, or its beginning, without characters that nobody can see, that
/// steer a terminal, or that turn the direction of what follows: names of files
/// can hold anything.
///
/// ```
/// assert_eq!(speedup::report::shown("a\u{1b}[31m"), "a\u{fffd}[31m");
/// ```
#[must_use]
pub fn shown(text: &str) -> String {
    let mut characters = text.chars();
    let beginning = characters.by_ref().take(LONGEST);
    let mut shown: String = beginning
        .map(|character| {
            let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if character.is_control() || turns {
                char::REPLACEMENT_CHARACTER
            } else {
                character
            }
        })
        .collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_replaced_and_what_is_long_is_cut() {
        assert_eq!(shown("größe <b>"), "größe <b>");
        assert_eq!(
            shown("a\u{1b}[31m\nb\u{202e}c"),
            "a\u{fffd}[31m\u{fffd}b\u{fffd}c"
        );
        assert_eq!(shown(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
        let long = shown(&"ß".repeat(5000));
        assert_eq!(long, "ß".repeat(LONGEST) + "…");
    }
}
