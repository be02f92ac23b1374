//! Reading an exported log in pieces of bounded size.

use super::lines::First;
use std::io::{BufRead, Read};

/// A piece ends with the line that makes it this long.
const PIECE_BYTES: usize = 512 * 1024;
/// No line is longer: a payload has at most 64 KB, and at most six bytes stand for one of them.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} cannot be read: {why}")]
pub struct BadLine {
    /// Which, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// Whole lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    first_line: usize,
    text: String,
}

impl Piece {
    /// The lines, numbered as in the file.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (self.first_line..).zip(self.text.lines())
    }
}

/// A file of lines, as far as it has been read.
#[derive(Debug)]
pub struct LogFile<R> {
    reader: R,
    lines: usize,
}

impl<R: BufRead> LogFile<R> {
    /// Begins to read.
    pub const fn new(reader: R) -> Self {
        Self { reader, lines: 0 }
    }

    /// Reads the first line of an exported log.
    ///
    /// # Errors
    /// [`BadLine`] when it is none of a format that is known.
    pub fn first(&mut self) -> Result<First, BadLine> {
        let line = self.line()?.unwrap_or_default();
        First::parse(&line).map_err(|why| BadLine { line: 1, why })
    }

    /// The next line, if there is one.
    ///
    /// # Errors
    /// [`BadLine`] when it is no text, or too long.
    pub fn line(&mut self) -> Result<Option<String>, BadLine> {
        let mut bytes = Vec::new();
        self.read(&mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.text(bytes, self.lines)?))
    }

    /// The next lines, if there are any.
    ///
    /// # Errors
    /// [`BadLine`] when they are no text, or one is too long.
    pub fn piece(&mut self) -> Result<Option<Piece>, BadLine> {
        let (first_line, mut bytes) = (self.lines + 1, Vec::with_capacity(PIECE_BYTES * 9 / 8));
        while bytes.len() < PIECE_BYTES && self.read(&mut bytes)? {}
        if bytes.is_empty() {
            return Ok(None);
        }
        let text = self.text(bytes, first_line)?;
        Ok(Some(Piece { first_line, text }))
    }

    fn read(&mut self, bytes: &mut Vec<u8>) -> Result<bool, BadLine> {
        let line = self.lines + 1;
        let bad = |why: String| BadLine { line, why };
        let most = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let n_bytes = (&mut self.reader)
            .take(most)
            .read_until(b'\n', bytes)
            .map_err(|error| bad(error.to_string()))?;
        if n_bytes == LINE_BYTES_MAX {
            return Err(bad("it is longer than any line of a log".to_owned()));
        }
        if n_bytes > 0 {
            self.lines = line;
        }
        Ok(n_bytes > 0)
    }

    fn text(&self, bytes: Vec<u8>, first_line: usize) -> Result<String, BadLine> {
        String::from_utf8(bytes).map_err(|error| {
            let before = error
                .as_bytes()
                .iter()
                .take(error.utf8_error().valid_up_to());
            BadLine {
                line: first_line + before.filter(|byte| **byte == b'\n').count(),
                why: "it is not UTF-8".to_owned(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_through_all_pieces() {
        let text: String = (1..=40_000)
            .map(|n| format!("{n} {}\n", "x".repeat(n % 100)))
            .collect();
        let mut file = LogFile::new(text.as_bytes());
        assert_eq!(file.line().expect("reads").as_deref(), Some("1 x\n"));
        let (mut expected, mut pieces) = (2, 0);
        while let Some(piece) = file.piece().expect("reads") {
            pieces += 1;
            assert!(piece.text.len() < PIECE_BYTES + 200);
            for (number, line) in piece.lines() {
                assert_eq!(number, expected);
                assert!(line.starts_with(&format!("{expected} ")));
                expected += 1;
            }
        }
        assert_eq!(expected, 40_001);
        assert!(pieces > 2);
    }

    #[test]
    fn what_is_no_text_or_has_no_end_is_said_with_its_line() {
        let mut file = LogFile::new(b"a\nb\n\xff\n".as_slice());
        assert_eq!(file.piece().expect_err("is no text").line, 3);
        let endless = std::io::BufReader::new(std::io::repeat(b'x'));
        assert_eq!(
            LogFile::new(endless).line().expect_err("is too long").line,
            1
        );
    }
}
