//! Remembers what a step was made from, to skip it where nothing has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::files;

/// A digest of what goes into a step: names and contents, in order.
///
/// FNV-1a with 128 bits: it guards against stale files, not against anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inputs(u128);

impl Inputs {
    pub fn new() -> Inputs {
        Inputs(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    pub fn text(mut self, text: &str) -> Inputs {
        self.add(text.as_bytes());
        self
    }

    /// Every file below `path`; a missing one counts as nothing.
    pub fn files(mut self, path: impl AsRef<Path>) -> Result<Inputs> {
        for file in files::below(path.as_ref()) {
            self.add(file.as_os_str().as_encoded_bytes());
            self.add(&files::read(&file)?);
        }
        Ok(self)
    }

    fn add(&mut self, bytes: &[u8]) {
        let length = bytes.len().to_le_bytes();
        for byte in bytes.iter().chain(&length) {
            self.0 = (self.0 ^ u128::from(*byte))
                .wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
}

/// A file that holds the digest of what a step was last made from.
pub struct Stamp(PathBuf);

impl Stamp {
    pub fn at(path: impl Into<PathBuf>) -> Stamp {
        Stamp(path.into())
    }

    /// Whether the step was finished from just these inputs and all it made still exists.
    pub fn is_current(&self, inputs: &Inputs, made: &[PathBuf]) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|text| text == inputs.to_string())
            && made.iter().all(|path| path.exists())
    }

    /// Call this last: a step that was interrupted runs again.
    pub fn set(&self, inputs: &Inputs) -> Result<()> {
        files::write(&self.0, inputs.to_string())
    }
}

impl std::fmt::Display for Inputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_for_the_same_inputs_only() {
        let folder = std::env::temp_dir().join(format!("samspor-stamp-{}", std::process::id()));
        let (input, made) = (folder.join("in"), folder.join("made"));
        files::write(&input, "one").expect("temporary folder");
        files::write(&made, "").expect("temporary folder");
        let stamp = Stamp::at(folder.join("stamp"));
        let one = Inputs::new().files(&input).expect("readable");
        assert!(!stamp.is_current(&one, &[]), "before the first time");
        stamp.set(&one).expect("temporary folder");
        assert!(stamp.is_current(&one, std::slice::from_ref(&made)));
        files::write(&input, "two").expect("temporary folder");
        assert!(
            !stamp.is_current(&Inputs::new().files(&input).expect("readable"), &[]),
            "changed input"
        );
        fs::remove_file(&made).expect("our own file");
        assert!(!stamp.is_current(&one, &[made]), "missing result");
        fs::remove_dir_all(&folder).expect("our own folder");
    }

    #[test]
    fn where_one_text_ends_matters() {
        assert_ne!(
            Inputs::new().text("ab").text("c"),
            Inputs::new().text("a").text("bc")
        );
    }
}
