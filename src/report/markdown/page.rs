//! A page that never becomes longer than it may.

use super::block::Block;

/// A page under way.
#[derive(Debug)]
pub(super) struct Page {
    text: String,
    limit: usize,
    kept_free: usize,
}

impl Page {
    /// An empty page of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            limit,
            kept_free: 0,
        }
    }

    /// Keeps so many bytes free for what must come later.
    pub(super) fn keep_free(&mut self, bytes: usize) {
        self.kept_free = bytes;
    }

    /// Adds a sentence for which bytes were kept free.
    pub(super) fn note(&mut self, block: &Block) {
        self.kept_free = self.kept_free.saturating_sub(block.cost());
        self.push(block);
    }

    /// How many bytes are left.
    pub(super) fn room(&self) -> usize {
        let used = self.text.len() + self.kept_free;
        self.limit.saturating_sub(used)
    }

    /// Adds a block, if there is room for it, and tells whether there was.
    pub(super) fn push(&mut self, block: &Block) -> bool {
        let fits = block.cost() <= self.room();
        if fits {
            if !self.text.is_empty() {
                self.text.push_str(Block::GAP);
            }
            self.text.push_str(block.as_str());
        }
        fits
    }

    /// The page, with a line end behind it unless it is empty.
    pub(super) fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}
