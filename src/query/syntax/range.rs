//! Where something stands in the text of a query.

/// Bytes `[start, end)` of a query's text.
///
/// Two trees that say the same are equal wherever they were written, so all ranges are equal.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextRange {
    start: u32,
    end: u32,
}

impl PartialEq for TextRange {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl TextRange {
    /// From a first byte to the byte after the last.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { start: narrow(start), end: narrow(end) }
    }

    /// The first byte.
    #[must_use]
    pub fn start(self) -> usize {
        self.start as usize
    }

    /// The byte after the last.
    #[must_use]
    pub fn end(self) -> usize {
        self.end as usize
    }

    /// From the start of this to the end of another.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end.max(self.start) }
    }
}
