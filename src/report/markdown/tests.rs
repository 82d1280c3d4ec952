//! The page as a Markdown parser reads it: what is on it, and what must never be.

mod limits;
mod parsed;
mod shape;
