//! What other programs meet at `/api/v1`, tried by Schemathesis: requests made up from the description, well formed and
//! not. Nothing may break, and every answer must be as described.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result};
use cluster::Cluster;

use crate::{build, files, postgres, shell};

/// The release that was tried.
const PACKAGE: &str = "schemathesis==4.32.5";
/// A database of its own.
const DATABASE: &str = "api";
/// The region that requests are about, from the demo.
const REGION: &str = "nordmore";
/// What is looked at in every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Requests made up for each way; the same each time.
const EXAMPLES: &str = "100";
const SEED: &str = "7";
/// What the service says when it listens.
const READY: &str = "Samspor is ready at ";

/// Where Schemathesis is, installed below cargo's folder if it can be; `None` where it cannot.
pub fn program() -> Result<Option<PathBuf>> {
    let folder = files::absolute(files::target().join("schemathesis"))?;
    let program = folder.join("bin/schemathesis");
    if program.is_file() {
        return Ok(Some(program));
    }
    let Some(python) = files::find_program("python3") else {
        return Ok(None);
    };
    let made = shell::run(shell::command(python).args(["-m", "venv"]).arg(&folder)).is_ok();
    let pip = || {
        let mut pip = shell::command(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]);
        pip
    };
    let installed = made && shell::run(&mut pip()).is_ok() && program.is_file();
    Ok(installed.then_some(program))
}

/// Starts the service on a fresh database and tries it.
pub fn try_out(cluster: &Cluster, schemathesis: PathBuf) -> Result<()> {
    cluster.drop_database(DATABASE)?;
    cluster.create_database_if_missing(DATABASE)?;
    let samspor = || postgres::samspor_on(cluster, DATABASE);
    shell::run(samspor().arg("demo")).context("cannot load the demo regions")?;
    let token = token(cluster)?;
    let service = Service::start(cluster)?;
    let settings = files::absolute(files::target().join("schemathesis.toml"))?;
    files::write(
        &settings,
        format!(
            "headers = {{ Authorization = \"Bearer {token}\" }}\n[parameters]\n\"path.region\" = \"{REGION}\"\n"
        ),
    )?;
    let mut command = shell::command(schemathesis);
    command
        // It keeps notes where it runs.
        .current_dir(files::absolute(files::target())?)
        .arg("--config-file")
        .arg(&settings)
        .arg("run")
        .arg(format!("{}/api/v1/openapi.json", service.address))
        .args(["--checks", CHECKS, "--max-examples", EXAMPLES])
        .args(["--seed", SEED, "--request-timeout", "10"])
        .args(["--phases", "coverage,fuzzing", "--warnings", "off"])
        .args(["--generation-database", "none", "--no-color"]);
    let tried = shell::run(&mut command);
    drop(service);
    tried?;
    // Whatever was ordered, the log and its views are whole.
    for arguments in [&["verify"][..], &["views", "check"]] {
        shell::run(samspor().args(arguments))?;
    }
    Ok(())
}

/// A token of the administrator, who may do most.
fn token(cluster: &Cluster) -> Result<String> {
    let samspor = || postgres::samspor_on(cluster, DATABASE);
    let region = shell::output(samspor().args(["show", REGION, "region", REGION]))?;
    let region: serde_json::Value = serde_json::from_str(&region)?;
    let person = region["administrators"][0]
        .as_str()
        .context("the demo region has no administrator")?;
    let mut create = samspor();
    create.args(["token", "create", REGION, person, "--name", "Schemathesis"]);
    create.args(["--scope", "read", "--scope", "write", "--scope", "feed"]);
    Ok(shell::output(&mut create)?.trim().to_owned())
}

/// The service, until it is dropped.
struct Service {
    child: Child,
    address: String,
}

impl Service {
    fn start(cluster: &Cluster) -> Result<Self> {
        let mut child = postgres::samspor_on(cluster, DATABASE)
            .args(["serve", "--listen", "127.0.0.1:0", "--site"])
            .arg(files::absolute(build::site())?)
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the service")?;
        let told = child.stdout.take().context("the service says nothing")?;
        let mut service = Self {
            child,
            address: String::new(),
        };
        let mut lines = BufReader::new(told).lines();
        service.address = lines
            .find_map(|line| line.ok()?.strip_prefix(READY).map(str::to_owned))
            .context("the service ended before it was ready")?;
        Ok(service)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already, or ends now.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
