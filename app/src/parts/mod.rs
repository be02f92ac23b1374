//! Parts that several pages are made of.

pub mod ask;
pub mod chrome;
pub mod form;
pub mod frame;
pub mod icons;
pub mod netmap;
pub mod river;
pub mod shown;
pub mod slider;
pub mod words;
