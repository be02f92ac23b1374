//! One style sheet out of Designsystemet, our theme and our own styles; fonts and public files beside it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::stamp::{Inputs, Stamp};
use crate::{files, node, shell};

const APP: &str = "app";
const SYSTEM: &str = "app/node_modules/@digdir/designsystemet-css/dist/src/index.css";
const PUBLIC: &str = "app/public";
const THEME: &str = "app/style/theme";
const FONTS: &[(&str, &str)] = &[
    ("inter-latin-wght-normal.woff2", "inter-latin.woff2"),
    ("inter-latin-ext-wght-normal.woff2", "inter-latin-ext.woff2"),
];

/// Everything that the style sheet and the static files are made from.
pub const INPUTS: &[&str] = &[
    "app/style",
    "app/public",
    "app/package.json",
    "app/package-lock.json",
];

/// Makes them in `site`, unless nothing has changed.
pub fn build(site: &Path) -> Result<()> {
    node::install(APP)?;
    let mut inputs = Inputs::new().text(include_str!("styles.rs"));
    for path in INPUTS {
        inputs = inputs.files(path)?;
    }
    let sheet = site.join("pkg/app.css");
    let name = site
        .file_name()
        .context("the site has no name")?
        .to_string_lossy()
        .into_owned();
    let stamp = Stamp::at(files::target().join(format!("stamps/{name}-styles")));
    if stamp.is_current(&inputs, std::slice::from_ref(&sheet)) {
        println!("    styles are unchanged");
        return Ok(());
    }
    let theme = theme()?;
    let entry = files::target().join("theme/entry.css");
    files::write(&entry, entry_sheet(&theme)?)?;
    let bundled = files::target().join("theme/app.css");
    bundle(&entry, &bundled)?;
    let text = fs::read_to_string(&bundled).context("the style sheet is no text")?;
    ensure_self_contained(&text)?;
    let public = copy_public(site)?;
    copy_fonts(site)?;
    files::copy(&bundled, &sheet)?;
    node::compress(&[vec![sheet], public].concat())?;
    stamp.set(&inputs)
}

/// Makes the theme with Designsystemet's own program, which wants to be run beside its settings.
fn theme() -> Result<PathBuf> {
    let out = files::absolute(files::target().join("theme"))?;
    let mut create = node::tool(APP, "designsystemet")?;
    create
        .args(["tokens", "create", "--config", "designsystemet.config.json"])
        .current_dir(THEME);
    create.arg("--out-dir").arg(out.join("tokens"));
    shell::output(&mut create)?;
    let mut build = node::tool(APP, "designsystemet")?;
    build
        .args([
            "tokens",
            "build",
            "--clean",
            "--config",
            "designsystemet.config.json",
        ])
        .current_dir(THEME);
    build
        .arg("--tokens")
        .arg(out.join("tokens"))
        .arg("--out-dir")
        .arg(out.join("css"));
    shell::output(&mut build)?;
    Ok(out.join("css/samspor.css"))
}

fn entry_sheet(theme: &Path) -> Result<String> {
    let sheets = [
        Path::new(SYSTEM),
        theme,
        &Path::new(THEME).join("fonts.css"),
        Path::new("app/style/app.css"),
    ];
    sheets.iter().try_fold(String::new(), |entry, sheet| {
        let path = files::absolute(sheet)?;
        ensure!(path.is_file(), "{} is missing", sheet.display());
        Ok(format!("{entry}@import \"{}\";\n", path.display()))
    })
}

fn bundle(entry: &Path, to: &Path) -> Result<()> {
    let mut esbuild = node::tool(APP, "esbuild")?;
    esbuild
        .arg(entry)
        .arg(format!("--outfile={}", to.display()));
    esbuild.args([
        "--bundle",
        "--minify",
        "--charset=utf8",
        "--log-level=warning",
        "--external:/fonts/*",
    ]);
    // Served from our own top folder, so no modules to be found on the disk. A file that is not there is an error.
    for file in files::below(Path::new(PUBLIC)) {
        let address = file
            .strip_prefix(PUBLIC)
            .context("a file outside its own folder")?;
        esbuild.arg(format!("--external:/{}", address.display()));
    }
    shell::output(&mut esbuild).map(|_| ())
}

/// Nothing may be fetched from elsewhere, and nothing may be left to fetch one after the other.
fn ensure_self_contained(sheet: &str) -> Result<()> {
    ensure!(
        !sheet.contains("@import"),
        "an @import is left in the style sheet"
    );
    for part in sheet.split("url(").skip(1) {
        let address = part.trim_start_matches(['"', '\'']);
        let own = address.starts_with("data:")
            || (address.starts_with('/') && !address.starts_with("//"));
        let shown: String = address.chars().take(60).collect();
        ensure!(own, "the style sheet fetches from elsewhere: {shown}");
    }
    Ok(())
}

fn copy_fonts(site: &Path) -> Result<()> {
    let from = Path::new("app/node_modules/@fontsource-variable/inter");
    for (name, to) in FONTS {
        files::copy(&from.join("files").join(name), &site.join("fonts").join(to))?;
    }
    files::copy(&from.join("LICENSE"), &site.join("fonts/LICENSE"))
}

/// Copies `app/public` as it is; gives the copied files that are worth compressing.
fn copy_public(site: &Path) -> Result<Vec<PathBuf>> {
    files::make_folder(site)?;
    for entry in fs::read_dir(site)
        .context("cannot read the site")?
        .flatten()
    {
        let path = entry.path();
        let kept = ["pkg", "fonts"].iter().any(|kept| path.ends_with(kept));
        match kept {
            true => Ok(()),
            false if path.is_dir() => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        }
        .with_context(|| format!("cannot remove {}", path.display()))?;
    }
    let mut texts = Vec::new();
    for file in files::below(Path::new(PUBLIC)) {
        let to = site.join(
            file.strip_prefix(PUBLIC)
                .context("a file outside its own folder")?,
        );
        files::copy(&file, &to)?;
        if to.extension().is_some_and(|ending| {
            ["css", "js", "json", "svg", "txt", "webmanifest"]
                .iter()
                .any(|e| ending == *e)
        }) {
            texts.push(to);
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_that_fetches_from_elsewhere_is_refused() {
        let own = "a{src:url(/fonts/a.woff2)}b{mask:url(\"data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'/>\")}";
        ensure_self_contained(own).expect("all our own");
        for foreign in [
            "@import \"other.css\";",
            "a{src:url(https://fonts.example/a.woff2)}",
            "a{src:url(\"//fonts.example/a.woff2\")}",
            "a{src:url('picture.png')}",
        ] {
            assert!(ensure_self_contained(foreign).is_err(), "{foreign}");
        }
    }
}
