//! A file as rows: text with separators in UTF-8 or Windows-1252, or the first sheet of a spreadsheet.

use super::{BYTES_MAX, CELL_CHARS_MAX, ROWS_MAX};
use app::outside::{Column, FileWrong};
use calamine::{Data, Reader as _, Xlsx};
use std::collections::BTreeMap;
use std::io::Cursor;

/// What a file tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Organisations.
    Organisations,
    /// People.
    People,
}

/// One row; cells that are empty are not there.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line of the file it begins on.
    pub line: u32,
    cells: BTreeMap<Column, String>,
}

impl Row {
    /// A cell; "" where it is empty.
    #[must_use]
    pub fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", String::as_str)
    }
}

/// A file that was understood.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it tells of.
    pub of: Of,
    /// Its rows, without the header and empty lines.
    pub rows: Vec<Row>,
}

/// The headers that name a column, in lower case: Bokmål, Nynorsk, English.
const HEADERS: [(Column, &[&str]); 9] = [
    (
        Column::Number,
        &[
            "organisasjonsnummer",
            "orgnr",
            "org.nr",
            "org.nr.",
            "orgnummer",
            "organisation number",
            "organization number",
        ],
    ),
    (Column::Name, &["navn", "namn", "name"]),
    (Column::Kind, &["type", "slag", "kind"]),
    (
        Column::Owner,
        &["eier", "eigar", "kommune", "owner", "municipality"],
    ),
    (
        Column::SchoolType,
        &[
            "skoletype",
            "skuletype",
            "skoleslag",
            "skuleslag",
            "school type",
        ],
    ),
    (
        Column::Pupils,
        &[
            "elever", "elevar", "barn", "elevtall", "elevtal", "pupils", "children",
        ],
    ),
    (
        Column::Address,
        &[
            "e-post",
            "epost",
            "e-postadresse",
            "e-mail",
            "email",
            "mail",
        ],
    ),
    (
        Column::Workplace,
        &[
            "arbeidssted",
            "arbeidsstad",
            "workplace",
            "organisasjon",
            "organisation",
        ],
    ),
    (Column::Role, &["rolle", "stilling", "role"]),
];

/// Reads a file.
///
/// # Errors
/// [`FileWrong`]: nothing of it can be used.
pub fn read(bytes: &[u8]) -> Result<Table, FileWrong> {
    if bytes.len() > BYTES_MAX {
        return Err(FileWrong::TooLarge);
    }
    let lines = if bytes.starts_with(b"PK\x03\x04") {
        sheet(bytes)?
    } else {
        separated(&text(bytes)?)?
    };
    let mut lines = lines
        .into_iter()
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let (_, header) = lines.next().ok_or(FileWrong::Empty)?;
    let columns: Vec<Option<Column>> = header.iter().map(|name| column(name)).collect();
    let there = |column| columns.contains(&Some(column));
    let of = if there(Column::Role) || there(Column::Workplace) || there(Column::Address) {
        Of::People
    } else {
        Of::Organisations
    };
    let needed: &[Column] = match of {
        Of::Organisations => &[Column::Name, Column::Kind],
        Of::People => &[Column::Name, Column::Workplace, Column::Role],
    };
    if let Some(missing) = needed.iter().find(|needed| !there(**needed)) {
        return Err(FileWrong::Missing(*missing));
    }
    for (n, column) in columns.iter().enumerate() {
        if let Some(twice) = column
            && columns.iter().skip(n + 1).any(|other| other == column)
        {
            return Err(FileWrong::Twice(*twice));
        }
    }
    let mut rows = Vec::new();
    for (line, cells) in lines {
        if rows.len() == ROWS_MAX {
            return Err(FileWrong::TooManyRows);
        }
        let cells = columns.iter().zip(cells).filter_map(|(column, cell)| {
            let column = (*column)?;
            (!cell.is_empty()).then_some((column, cell))
        });
        let cells = cells.collect();
        rows.push(Row { line, cells });
    }
    if rows.is_empty() {
        return Err(FileWrong::Empty);
    }
    Ok(Table { of, rows })
}

fn column(name: &str) -> Option<Column> {
    let name = name.to_lowercase();
    HEADERS
        .iter()
        .find(|(_, names)| names.contains(&name.as_str()))
        .map(|(column, _)| *column)
}

type Lines = Vec<(u32, Vec<String>)>;

fn line(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn cell(text: &str) -> String {
    text.trim().chars().take(CELL_CHARS_MAX).collect()
}

/// Bytes of a workbook once it is unpacked.
const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// What the workbook's own list of contents says they unpack to.
fn unpacked(bytes: &[u8]) -> u64 {
    let entries = bytes.windows(28).filter_map(|entry| {
        let rest = entry.strip_prefix(b"PK\x01\x02")?;
        let size = rest.get(20..24)?.try_into().ok()?;
        Some(u64::from(u32::from_le_bytes(size)))
    });
    entries.sum()
}

fn sheet(bytes: &[u8]) -> Result<Lines, FileWrong> {
    if unpacked(bytes) > UNPACKED_BYTES_MAX {
        return Err(FileWrong::TooLarge);
    }
    let mut book: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|_error| FileWrong::Unreadable)?;
    let first = book.sheet_names().first().cloned();
    let first = first.ok_or(FileWrong::Empty)?;
    // Read cell by cell: a sheet of few bytes can claim to be larger than memory.
    let mut cells = book
        .worksheet_cells_reader(&first)
        .map_err(|_error| FileWrong::Unreadable)?;
    let mut lines = BTreeMap::<u32, Vec<String>>::new();
    while let Some(found) = cells.next_cell().map_err(|_error| FileWrong::Unreadable)? {
        let (row, column) = found.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let text = match Data::from(found.get_value().clone()) {
            // Spreadsheets keep organisation numbers as numbers.
            Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
            Data::Empty | Data::Error(_) => continue,
            other => other.to_string(),
        };
        if column >= COLUMNS_MAX {
            continue;
        }
        let cells = lines.entry(row).or_default();
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        if let Some(place) = cells.get_mut(column) {
            *place = cell(&text);
        }
        if lines.len() > ROWS_MAX + 1 {
            return Err(FileWrong::TooManyRows);
        }
    }
    Ok(lines
        .into_iter()
        .map(|(row, cells)| (row.saturating_add(1), cells))
        .collect())
}

/// Columns that are looked at.
const COLUMNS_MAX: usize = 64;

/// The bytes 0x80 to 0x9F in Windows-1252; those it does not define are left as they are.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn text(bytes: &[u8]) -> Result<String, FileWrong> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.contains(&0) {
        return Err(FileWrong::Unreadable);
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_no_utf8) => bytes
            .iter()
            .map(|byte| match byte {
                0x80..=0x9f => WINDOWS_1252
                    .get(usize::from(byte - 0x80))
                    .copied()
                    .unwrap_or(char::REPLACEMENT_CHARACTER),
                other => char::from(*other),
            })
            .collect(),
    })
}

/// Cells in quotes may hold separators, line breaks and doubled quotes.
fn separated(text: &str) -> Result<Lines, FileWrong> {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .ok_or(FileWrong::Empty)?;
    let count = |separator| first.matches(separator).count();
    let separator = [';', '\t', ',']
        .into_iter()
        .rev()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(';');
    let mut lines = Lines::new();
    let (mut cells, mut current) = (Vec::new(), String::new());
    let (mut quoted, mut here, mut begun) = (false, 1, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                current.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if current.trim().is_empty() => {
                current.clear();
                quoted = true;
            }
            '\n' if !quoted => {
                cells.push(cell(&std::mem::take(&mut current)));
                lines.push((line(begun), std::mem::take(&mut cells)));
                here += 1;
                begun = here;
                if lines.len() > ROWS_MAX * 4 {
                    return Err(FileWrong::TooManyRows);
                }
            }
            c if c == separator && !quoted => cells.push(cell(&std::mem::take(&mut current))),
            c => {
                here += usize::from(c == '\n');
                current.push(c);
            }
        }
    }
    if quoted {
        return Err(FileWrong::Unreadable);
    }
    cells.push(cell(&current));
    lines.push((line(begun), cells));
    Ok(lines)
}
