//! The little of SVG that charts are made of. Everything that is written is
//! escaped; nothing carries a style, which the page's policy would refuse.

use std::fmt::{self, Write};

/// A picture being written.
#[derive(Debug, Default)]
pub(super) struct Svg {
    text: String,
}

/// A coordinate: a tenth of a unit is finer than any screen.
struct At(f64);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 10.0).round() / 10.0;
        // Minus zero would be written as such.
        write!(f, "{}", rounded + 0.0)
    }
}

/// Text as the content of an element or the value of an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Where a text is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    fn raw(&mut self, arguments: fmt::Arguments<'_>) {
        // Writing to a string can't fail.
        let _ = self.text.write_fmt(arguments);
    }

    pub(super) fn line(&mut self, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(At);
        self.raw(format_args!(
            r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#
        ));
    }

    pub(super) fn path(&mut self, class: &str, points: impl Iterator<Item = (f64, f64)>) {
        self.raw(format_args!(r#"<path class="{class}" d=""#));
        for (index, (x, y)) in points.enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            self.raw(format_args!("{command}{} {}", At(x), At(y)));
        }
        self.raw(format_args!(r#""/>"#));
    }

    pub(super) fn polygon(&mut self, points: &[(f64, f64)]) {
        self.raw(format_args!(r#"<path d=""#));
        for (index, (x, y)) in points.iter().enumerate() {
            let command = if index == 0 { 'M' } else { 'L' };
            self.raw(format_args!("{command}{} {}", At(*x), At(*y)));
        }
        self.raw(format_args!(r#"Z"/>"#));
    }

    pub(super) fn circle(&mut self, (x, y): (f64, f64), radius: f64) {
        let [x, y, radius] = [x, y, radius].map(At);
        self.raw(format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}"/>"#));
    }

    pub(super) fn words(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let (x, y, text) = (At(x), At(y), escape(text));
        self.raw(format_args!(
            r#"<text class="{class}" x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#
        ));
    }

    /// A group with a text that a pointer resting on it brings up.
    pub(super) fn group(
        &mut self,
        class: &str,
        title: Option<&str>,
        content: impl FnOnce(&mut Self),
    ) {
        self.raw(format_args!(r#"<g class="{class}">"#));
        if let Some(title) = title {
            self.raw(format_args!("<title>{}</title>", escape(title)));
        }
        content(self);
        self.raw(format_args!("</g>"));
    }

    /// The whole picture, `width` by `height` units, with its text alternative.
    pub(super) fn finish(
        self,
        id: &str,
        title: &str,
        description: &str,
        size: (f64, f64),
    ) -> String {
        let (width, height) = (At(size.0), At(size.1));
        let (id, title, description) = (escape(id), escape(title), escape(description));
        format!(
            r#"<svg viewBox="0 0 {width} {height}" role="img" aria-labelledby="{id}-t {id}-d"><title id="{id}-t">{title}</title><desc id="{id}-d">{description}</desc>{}</svg>"#,
            self.text
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_written_can_become_markup() {
        let mut svg = Svg::default();
        let hostile = r#"</text><script>alert("x")</script>'&"#;
        svg.words("label", (0.0, 0.0), Anchor::Start, hostile);
        svg.group("p", Some(hostile), |_| ());
        let text = svg.finish("id", hostile, hostile, (1.0, 1.0));
        assert!(!text.contains("<script"), "{text}");
        assert_eq!(
            text.matches("&lt;script&gt;alert(&quot;x&quot;)").count(),
            4
        );
    }

    #[test]
    fn coordinates_are_short_and_never_minus_zero() {
        assert_eq!(At(-0.001).to_string(), "0");
        assert_eq!(At(1.0 / 3.0).to_string(), "0.3");
        assert_eq!(At(12.0).to_string(), "12");
    }
}
