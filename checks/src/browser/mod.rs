//! Kinds that look at a page as a browser draws it.

mod evidence;
mod selector;
mod showing;
mod shows;
mod unwatched;
mod window;

pub use showing::Showing;
pub use shows::Shows;
