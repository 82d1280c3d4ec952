//! Numbers as a drawing has them.

use maud::Render;

/// A place or a size in the drawing, with one digit.
pub(super) struct Px(pub(super) f64);

impl Render for Px {
    fn render_to(&self, text: &mut String) {
        text.push_str(&format!("{:.1}", self.0));
    }
}
