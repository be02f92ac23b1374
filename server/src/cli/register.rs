//! `samspor register`.

use super::place::{Opened, Place};
use super::wrong;
use crate::chance::{self, OsChance};
use crate::clock::{Clock, SystemClock};
use crate::register::BYTES_MAX;
use crate::register::apply::{apply, known};
use crate::register::plan::{Plan, plan};
use crate::register::read::{Table, read};
use anyhow::Context;
use app::outside::{What, told};
use domain::actor::Actor;
use std::path::PathBuf;

/// Of the table.
const LANGUAGE: &str = "en";

#[derive(clap::Subcommand)]
pub(super) enum Register {
    /// Enters what a file tells of, and changes what it tells otherwise. The same file again changes nothing.
    ///
    /// The file is CSV (UTF-8 or Windows-1252; separated by semicolon, comma or tab) or the first sheet of an .xlsx. The
    /// first row names the columns, in Norwegian or English and in any order.
    ///
    /// Organisations: navn, type (kommune, skole, barnehage, …); and if you like organisasjonsnummer, eier (its number
    /// or name), skoletype, elever.
    ///
    /// People: navn, arbeidssted (its number or name), rolle (rektor, lærer, …); and if you like e-post.
    Import {
        /// The region's slug.
        region: String,
        /// The file.
        file: PathBuf,
        /// Only prints what would happen.
        #[arg(long)]
        preview: bool,
        /// Leaves out rows that are wrong; without it nothing is done while there are any.
        #[arg(long)]
        skip_wrong: bool,
    },
}

impl Register {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let Self::Import {
            region,
            file,
            preview,
            skip_wrong,
        } = self;
        let name = file.display();
        let unreadable = |error| wrong(format!("{name} cannot be read: {error}"));
        let size = std::fs::metadata(&file).map_err(unreadable)?.len();
        if size > BYTES_MAX as u64 {
            return Err(wrong(format!("{name} is larger than 2 MB: split it")));
        }
        let bytes = std::fs::read(&file).map_err(unreadable)?;
        let table =
            read(&bytes).map_err(|problem| wrong(format!("{name}: {}", problem.told(LANGUAGE))))?;
        let opened = place.open().await?;
        let done = import(&opened, &region, &table, preview, skip_wrong).await;
        opened.close().await?;
        done
    }
}

fn print(plan: &Plan) {
    for row in &plan.rows {
        let told = told(LANGUAGE, &row.shown.what);
        println!("{:>5}  {:<40}  {told}", row.shown.line, row.shown.name);
    }
    let [new, changed, same, wrong] = plan.counts();
    println!("{new} new, {changed} changed, {same} as before, {wrong} wrong");
}

async fn import(
    opened: &Opened,
    region: &str,
    table: &Table,
    preview: bool,
    skip_wrong: bool,
) -> anyhow::Result<()> {
    let tenant = opened.tenant(region).await?;
    let now = SystemClock.now();
    let known = known(&opened.store, &tenant, table.of, now).await?;
    let plan = plan(table, &known, chance::id(&OsChance, now));
    print(&plan);
    let n_wrong = plan
        .rows
        .iter()
        .filter(|row| matches!(row.shown.what, What::Wrong(_)))
        .count();
    if n_wrong > 0 && !skip_wrong {
        return Err(wrong(format!(
            "nothing was done: rows that are wrong: {n_wrong} (--skip-wrong leaves them out)"
        )));
    }
    if preview {
        return Ok(());
    }
    let executors = opened.executors();
    let executor = executors.of(tenant.tenant()).await?;
    let rows = apply(
        &opened.store,
        &executor,
        &OsChance,
        &tenant,
        &Actor::Operator,
        &plan,
    )
    .await
    .context("not all rows were kept; the same file again goes on from there")?;
    println!("{rows} rows kept");
    Ok(())
}
