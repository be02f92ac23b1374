//! Settings: the only place that reads the environment. (`DATABASE_URL` is read by the command line's own parser.)

use crate::chance::Chance;
use crate::crypto::Key;
use anyhow::{Context, bail};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Hex of the 32 bytes that wrap every region's key.
const MASTER_KEY_VARIABLE: &str = "SAMSPOR_MASTER_KEY";

/// The master key: from the environment, else from `master.key` in the data folder, which is made on the first start.
///
/// # Errors
/// When it is malformed or the file can neither be read nor made.
pub fn master_key(data: &Path, chance: &dyn Chance) -> anyhow::Result<Key> {
    if let Ok(text) = std::env::var(MASTER_KEY_VARIABLE) {
        return parse_key(&text).with_context(|| format!("{MASTER_KEY_VARIABLE} is not a key"));
    }
    key_file(&data.join("master.key"), chance)
}

/// The key in a file, which is made with a new one if it is not there.
///
/// # Errors
/// When it holds something else, or can neither be read nor made.
pub fn key_file(path: &Path, chance: &dyn Chance) -> anyhow::Result<Key> {
    let shown = path.display();
    if !path.exists() {
        let folder = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let key = Key::new(chance);
        // Written under another name and linked: a second program that starts now sees all of it or nothing.
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}", std::process::id()));
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&draft)
            .with_context(|| format!("cannot write {shown}"))?;
        writeln!(file, "{}", hex::encode(key.bytes()))?;
        file.sync_all()?;
        let linked = std::fs::hard_link(&draft, path);
        std::fs::remove_file(&draft)?;
        match linked {
            Ok(()) => return Ok(key),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| format!("cannot write {shown}")),
        }
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    parse_key(&text).with_context(|| format!("{shown} does not hold a key"))
}

fn parse_key(text: &str) -> anyhow::Result<Key> {
    let bytes = hex::decode(text.trim()).context("it must be 64 hexadecimal digits")?;
    let Ok(bytes) = <[u8; 32]>::try_from(bytes) else {
        bail!("it must be 64 hexadecimal digits")
    };
    Ok(Key::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::OsChance;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_master_key_is_made_once_and_only_its_owner_can_read_it() {
        let data = std::env::temp_dir().join(format!("samspor-key-{}", std::process::id()));
        let first = master_key(&data, &OsChance).expect("is made");
        let second = master_key(&data, &OsChance).expect("is read");
        let mode = std::fs::metadata(data.join("master.key"))
            .expect("is there")
            .permissions()
            .mode();
        std::fs::remove_dir_all(&data).expect("can be removed");
        assert_eq!(first.bytes(), second.bytes());
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert!(parse_key("00ff").is_err());
        assert!(parse_key("not hex").is_err());
        assert!(parse_key(&"0f".repeat(32)).is_ok());
    }
}
