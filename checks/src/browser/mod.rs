//! Kinds that look at a page as a browser draws it.

mod evidence;
mod showing;
mod shows;
mod window;

pub use showing::Showing;
pub use shows::Shows;
