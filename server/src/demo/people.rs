//! Ids that follow from a label, and names of people who do not exist.

use super::Region;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use uuid::{Builder, Uuid};

/// The first moment of both regions' logs: 2016-01-04, in milliseconds.
const BEGAN_MS: u64 = 1_451_894_400_000;

/// An id shaped like all others (version 7) that follows from a region and a label.
pub fn named(region: Region, label: &str) -> Uuid {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in region.slug().bytes().chain(*b"/").chain(label.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    let mut bytes = [0; 10];
    ChaCha20Rng::seed_from_u64(hash).fill_bytes(&mut bytes);
    Builder::from_unix_timestamp_millis(BEGAN_MS, &bytes).into_uuid()
}

const FIRST: [&str; 64] = [
    "Astrid",
    "Bjørnar",
    "Cecilie",
    "Dagfinn",
    "Eldbjørg",
    "Frode",
    "Gunnhild",
    "Halvard",
    "Ingeborg",
    "Jostein",
    "Kjersti",
    "Leidulf",
    "Marit",
    "Norunn",
    "Oddvar",
    "Petra",
    "Ragnhild",
    "Sigbjørn",
    "Torunn",
    "Ulrik",
    "Vigdis",
    "Yngvild",
    "Åshild",
    "Øystein",
    "Annlaug",
    "Brage",
    "Dordi",
    "Eirik",
    "Frøydis",
    "Geirmund",
    "Hallgerd",
    "Ivar",
    "Jorunn",
    "Kolbjørn",
    "Liv",
    "Magnhild",
    "Nils",
    "Olaug",
    "Peder",
    "Randi",
    "Solveig",
    "Trygve",
    "Unni",
    "Vegard",
    "Wenche",
    "Aslak",
    "Bergljot",
    "Eilert",
    "Gudrun",
    "Herborg",
    "Inger",
    "Jarle",
    "Kari",
    "Lars",
    "Målfrid",
    "Nora",
    "Ola",
    "Reidun",
    "Sverre",
    "Tone",
    "Arnt",
    "Beate",
    "Egil",
    "Synnøve",
];

const LAST: [&str; 61] = [
    "Aspelund",
    "Bakkelien",
    "Bergstø",
    "Dalsbotn",
    "Eidsvåg",
    "Fagerbakk",
    "Flatmo",
    "Furuhaug",
    "Gjerdevik",
    "Granås",
    "Gullhav",
    "Haugtrø",
    "Hestnesli",
    "Hjellvik",
    "Holmstrand",
    "Høgseth",
    "Innerdal",
    "Kleivmo",
    "Kvernvåg",
    "Lauvset",
    "Liabø",
    "Lyngstad",
    "Megardvik",
    "Moldestuen",
    "Myrbostø",
    "Nerheim",
    "Nordvoll",
    "Oppsal",
    "Ormset",
    "Rabbevåg",
    "Raudmyr",
    "Risvoll",
    "Rødseth",
    "Sandbakk",
    "Seterlund",
    "Skarsmo",
    "Skjølsvold",
    "Smistad",
    "Solemsli",
    "Stamnes",
    "Steinsbø",
    "Storbakk",
    "Strandlie",
    "Sundsbø",
    "Svinvåg",
    "Sæterbø",
    "Talgøy",
    "Tjeldmo",
    "Torvik",
    "Tunheim",
    "Ulvdal",
    "Utgård",
    "Vallestrand",
    "Vangsmo",
    "Vassbotn",
    "Vikesdal",
    "Vollmo",
    "Ytterhus",
    "Ørnevik",
    "Øverlid",
    "Åsgjerd",
];

/// A name for the n-th person of a region: 64 and 61 have no common factor, so thousands pass before one comes again.
pub fn name(region: Region, n: usize) -> String {
    let shift = match region {
        Region::Nordmore => 0,
        Region::Jaeren => 1_700,
    };
    let n = n + shift;
    format!(
        "{} {}",
        FIRST[(n * 37) % FIRST.len()],
        LAST[(n * 23) % LAST.len()]
    )
}

const PLACE_FIRST: [&str; 20] = [
    "Berg", "Furu", "Strand", "Sol", "Hav", "Lyng", "Elve", "Tun", "Bjørke", "Fjell", "Gran",
    "Myr", "Sjø", "Vår", "Høg", "Nes", "Skog", "Steins", "Sund", "Øy",
];

const PLACE_LAST: [&str; 17] = [
    "vang", "heim", "lia", "tun", "åsen", "vika", "bakken", "haugen", "marka", "moen", "blikk",
    "dalen", "neset", "stua", "hagen", "voll", "gløtt",
];

/// The n-th invented place: 20 and 17 have no common factor, so 340 pass before one comes again.
pub fn place(n: usize) -> String {
    let (first, last) = (
        PLACE_FIRST[(n * 7) % PLACE_FIRST.len()],
        PLACE_LAST[(n * 5) % PLACE_LAST.len()],
    );
    if first.to_lowercase() == last {
        format!("Ytter{last}")
    } else {
        format!("{first}{last}")
    }
}
