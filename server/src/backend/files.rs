//! Files of a meeting. What is in one is sealed with the key of its name, so that withdrawing the name destroys it.

use super::{PgBackend, Visit, internal};
use crate::crypto::{Key, place};
use crate::store::StoreError;
use crate::store::tenants::Tenant;
use app::backend::Caller;
use app::error::AppError;
use app::forms::derived;
use app::outside::FileRow;
use domain::access::{Permission, Standing, may};
use domain::command::{Command, Submission};
use domain::history::Live;
use domain::ids::{CommandId, MeetingId, TenantId, TextId};
use domain::meeting::command::MeetingCommand;
use domain::meeting::file::{FileDigest, FileKind};
use domain::meeting::state::{File, Meeting};
use domain::rule::State;
use domain::text::{Prose, Sentence};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What hashes of files are made for.
const DIGEST: &str = "file";

/// A file to be added.
pub struct NewFile {
    /// The id of the order; the same again adds nothing twice.
    pub command: Uuid,
    /// What it is called.
    pub name: Sentence,
    /// What it is.
    pub kind: FileKind,
    /// What is in it.
    pub content: Vec<u8>,
}

/// A file as it is handed out.
pub struct OpenFile {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The files of a meeting.
pub struct MeetingFiles {
    /// Whose meeting.
    pub region: Tenant,
    /// The files in order.
    pub files: Vec<FileRow>,
    /// Whether the visitor may add one.
    pub adds: bool,
    /// Whether the visitor may withdraw one.
    pub withdraws: bool,
}

/// A visitor who may see a meeting's files.
struct Inside {
    visit: Visit,
    files: Vec<File>,
    standings: BTreeSet<Standing>,
}

impl PgBackend {
    async fn inside(
        &self,
        caller: &Caller,
        region: &str,
        meeting: MeetingId,
    ) -> Result<Inside, AppError> {
        let visit = self.visit(caller, region).await?;
        let found = self.meeting_now(&visit, meeting).await;
        let state = found.map_err(|error| internal(caller, &error))?;
        let network = state.network.ok_or(AppError::NotFound)?;
        let standings = self.standings_in(&visit, network).await;
        let standings = standings.map_err(|error| internal(caller, &error))?;
        if !may(&standings, Permission::ReadInside) {
            return Err(AppError::Forbidden);
        }
        Ok(Inside {
            visit,
            files: state.files,
            standings,
        })
    }

    /// A meeting as its own events tell it; one that is not there was never planned.
    async fn meeting_now(&self, visit: &Visit, meeting: MeetingId) -> Result<Meeting, StoreError> {
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let rows = scope
            .rows_of_streams(&[meeting.into()], u64::MAX >> 1)
            .await?;
        let (events, newer) = crate::views::readable(&rows, None)?;
        visit.met(newer.as_ref());
        let state = Live::<State>::of(&events, visit.today).state;
        Ok(state.meeting.unwrap_or_default())
    }

    /// The files of a meeting.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for no meeting of this region, [`AppError::Forbidden`] for who is outside its network.
    pub async fn files(
        &self,
        caller: &Caller,
        region: &str,
        meeting: MeetingId,
    ) -> Result<MeetingFiles, AppError> {
        let inside = self.inside(caller, region, meeting).await?;
        let files = self.rows(&inside).await;
        Ok(MeetingFiles {
            files: files.map_err(|error| internal(caller, &error))?,
            region: inside.visit.tenant,
            adds: may(&inside.standings, Permission::RunMeetings),
            withdraws: may(&inside.standings, Permission::Correct),
        })
    }

    async fn rows(&self, inside: &Inside) -> Result<Vec<FileRow>, StoreError> {
        let names: Vec<TextId> = inside.files.iter().map(|file| file.file.0).collect();
        let mut scope = self.store().reading(inside.visit.tenant.tenant()).await?;
        let kept = scope.kept_files(&names).await?;
        let opened = crate::open::open_in(self.store(), &mut scope, &names, &[]).await?;
        let rows = inside.files.iter().map(|file| FileRow {
            file: file.file.0,
            name: opened.words.get(&file.file.0).cloned().flatten(),
            bytes: file.bytes,
            kept: kept.contains(&file.file.0),
        });
        Ok(rows.collect())
    }

    /// Whether the visitor may add files to a meeting: asked before what is in one is received.
    ///
    /// # Errors
    /// As [`files`](Self::files), and [`AppError::Forbidden`] for who does not run the network's meetings.
    pub async fn may_add_file(
        &self,
        caller: &Caller,
        region: &str,
        meeting: MeetingId,
    ) -> Result<(), AppError> {
        let inside = self.inside(caller, region, meeting).await?;
        if may(&inside.standings, Permission::RunMeetings) {
            Ok(())
        } else {
            Err(AppError::Forbidden)
        }
    }

    /// Adds a file in the visitor's name. First the log says that it is there, then its bytes are kept: the same order
    /// again brings what was broken off to its end.
    ///
    /// # Errors
    /// A refusal.
    pub async fn add_file(
        &self,
        caller: &Caller,
        region: &str,
        meeting: MeetingId,
        new: NewFile,
    ) -> Result<(), AppError> {
        let visit = self.visit(caller, region).await?;
        let digest = self.digest(&visit, &new.content).await;
        let file = TextId(derived(new.command, "file"));
        let mut submission = Submission::new(
            CommandId(new.command),
            MeetingCommand::AddFile {
                meeting,
                file: Prose(file),
                kind: new.kind,
                bytes: new.content.len() as u64,
                digest: digest.map_err(|error| internal(caller, &error))?,
            },
        );
        Submission::write(&mut submission.texts, file, new.name);
        self.hand_on(caller, &visit, submission).await?;
        let kept = self.seal_file(&visit, file, &new.content).await;
        kept.map_err(|error| internal(caller, &error))
    }

    async fn digest(&self, visit: &Visit, content: &[u8]) -> Result<FileDigest, StoreError> {
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let (region_key, _) = self.store().region_key(&mut scope).await?;
        Ok(FileDigest(region_key.digest(DIGEST, content)))
    }

    async fn seal_file(
        &self,
        visit: &Visit,
        file: TextId,
        content: &[u8],
    ) -> Result<(), StoreError> {
        let mut scope = self.store().writing(visit.tenant.tenant()).await?;
        let (region_key, region) = self.store().region_key(&mut scope).await?;
        let kept = scope.text_keys(&[file]).await?;
        // Withdrawn already: there is nothing to keep.
        let Some(wrapped) = kept.into_iter().find_map(|kept| kept.wrapped) else {
            return Ok(());
        };
        let key = region_key.unwrap(&place(region, file.0), &wrapped);
        let key = key.map_err(|_unopenable| damaged(file))?;
        let sealed = key.seal(self.executors.chance(), &inside_of(region, file), content);
        scope.keep_file(file, &sealed).await?;
        scope.commit().await
    }

    /// A file of a meeting, opened.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that is not there, not of this meeting, or withdrawn; as [`files`](Self::files).
    pub async fn file(
        &self,
        caller: &Caller,
        region: &str,
        meeting: MeetingId,
        file: TextId,
    ) -> Result<OpenFile, AppError> {
        let inside = self.inside(caller, region, meeting).await?;
        let known = inside.files.iter().find(|known| known.file.0 == file);
        let known = known.ok_or(AppError::NotFound)?;
        let opened = self.open_file(&inside.visit, known).await;
        opened
            .map_err(|error| internal(caller, &error))?
            .ok_or(AppError::NotFound)
    }

    async fn open_file(&self, visit: &Visit, known: &File) -> Result<Option<OpenFile>, StoreError> {
        let file = known.file.0;
        let mut scope = self.store().reading(visit.tenant.tenant()).await?;
        let (region_key, region) = self.store().region_key(&mut scope).await?;
        let kept = scope.text_keys(&[file]).await?;
        let wrapped = kept.into_iter().find_map(|kept| kept.wrapped);
        let sealed = scope.file(file).await?;
        let mut opened = crate::open::open_in(self.store(), &mut scope, &[file], &[]).await?;
        let name = opened.words.remove(&file).flatten();
        let (Some(wrapped), Some(sealed), Some(name)) = (wrapped, sealed, name) else {
            return Ok(None);
        };
        let key: Key = region_key
            .unwrap(&place(region, file.0), &wrapped)
            .map_err(|_unopenable| damaged(file))?;
        let content = key
            .open(&inside_of(region, file), &sealed)
            .map_err(|_unopenable| damaged(file))?;
        if FileDigest(region_key.digest(DIGEST, &content)) != known.digest {
            return Err(damaged(file));
        }
        Ok(Some(OpenFile {
            name,
            kind: known.kind,
            content,
        }))
    }

    /// Withdraws a file in the visitor's name: its key and its bytes are gone when this is answered.
    ///
    /// # Errors
    /// As [`file`](Self::file), and a refusal.
    pub async fn withdraw_file(
        &self,
        caller: &Caller,
        region: &str,
        meeting: MeetingId,
        (command, file): (Uuid, TextId),
        reason: Sentence,
    ) -> Result<(), AppError> {
        let inside = self.inside(caller, region, meeting).await?;
        let known = inside.files.iter().find(|known| known.file.0 == file);
        let of = known.ok_or(AppError::NotFound)?.added;
        let mut texts = Vec::new();
        let reason = Submission::write(&mut texts, TextId(derived(command, "reason")), reason);
        let mut submission = Submission::new(
            CommandId(command),
            Command::WithdrawText {
                stream: meeting.into(),
                of,
                text: file,
                reason,
            },
        );
        submission.texts = texts;
        self.take(caller, &inside.visit, submission)
            .await
            .map(|_| ())
    }
}

/// The place of what is in a file: another than its name's.
fn inside_of(region: TenantId, file: TextId) -> Vec<u8> {
    [place(region, file.0).as_slice(), b"file"].concat()
}

fn damaged(file: TextId) -> StoreError {
    StoreError::Damaged(format!("the file {file}"))
}
