//! Files of a meeting. The log holds what a file is, never what is in it: the bytes lie beside it, sealed with the key of
//! the file's name. So withdrawing the name destroys the file.

use serde::{Deserialize, Serialize};

/// What a file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// A text document of Word.
    Docx,
    /// A picture as PNG.
    Png,
    /// A picture as JPEG.
    Jpeg,
    /// Plain text.
    Text,
}

impl FileKind {
    /// The kind that a name ends in.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "pdf" => Self::Pdf,
            "docx" => Self::Docx,
            "png" => Self::Png,
            "jpg" | "jpeg" => Self::Jpeg,
            "txt" => Self::Text,
            _ => return None,
        })
    }

    /// Whether bytes are what they are said to be.
    #[must_use]
    pub fn fits(self, bytes: &[u8]) -> bool {
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        match self {
            Self::Pdf => bytes.starts_with(b"%PDF-"),
            // A zip with a text document in it, and without macros.
            Self::Docx => {
                bytes.starts_with(b"PK\x03\x04")
                    && holds(b"[Content_Types].xml")
                    && holds(b"word/document.xml")
                    && !holds(b"vbaProject.bin")
            }
            Self::Png => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            Self::Jpeg => bytes.starts_with(b"\xff\xd8\xff"),
            Self::Text => std::str::from_utf8(bytes).is_ok_and(|text| {
                !text
                    .chars()
                    .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            }),
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// A keyed hash of a file's bytes: says whether the bytes are those that were added, to nobody but who has the region's
/// key. So it gives nothing away of a file that was withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileDigest(pub [u8; 32]);

/// Why something is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct NoDigest;

impl TryFrom<String> for FileDigest {
    type Error = NoDigest;
    fn try_from(text: String) -> Result<Self, NoDigest> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoDigest);
        }
        let mut bytes = [0; 32];
        for (n, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * n..2 * n + 2).ok_or(NoDigest)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_error| NoDigest)?;
        }
        Ok(Self(bytes))
    }
}

impl From<FileDigest> for String {
    fn from(digest: FileDigest) -> Self {
        digest.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_name_and_its_bytes_say() {
        let docx = b"PK\x03\x04..[Content_Types].xml..word/document.xml";
        let macros = b"PK\x03\x04..[Content_Types].xml..word/document.xml..word/vbaProject.bin";
        for (name, bytes, fits) in [
            ("Referat.PDF", b"%PDF-1.7".as_slice(), true),
            ("referat.pdf", b"<html>", false),
            ("referat.docx", docx, true),
            ("referat.docx", b"PK\x03\x04 anything else", false),
            ("referat.docx", macros, false),
            ("tavla.png", b"\x89PNG\r\n\x1a\n", true),
            ("tavla.jpg", b"\xff\xd8\xff\xe0", true),
            ("tavla.jpeg", b"\x89PNG\r\n\x1a\n", false),
            ("notat.txt", "Vi møtes.\r\n".as_bytes(), true),
            ("notat.txt", b"\x7fELF\x00", false),
            ("notat.txt", b"\xff\xfe", false),
        ] {
            let kind = FileKind::of_name(name).expect("is a known ending");
            assert_eq!(kind.fits(bytes), fits, "{name}");
        }
        for name in [
            "page.html",
            "tavla.svg",
            "run.exe",
            "pdf",
            "referat.pdf.zip",
        ] {
            assert_eq!(FileKind::of_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_digest_is_written_and_read_as_hexadecimal_digits() {
        let digest = FileDigest([0xa7; 32]);
        let text = String::from(digest);
        assert_eq!(text, "a7".repeat(32));
        assert_eq!(FileDigest::try_from(text), Ok(digest));
        assert_eq!(FileDigest::try_from("a7".repeat(31)), Err(NoDigest));
        assert_eq!(FileDigest::try_from("g7".repeat(32)), Err(NoDigest));
    }
}
