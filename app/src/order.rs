//! Putting lists in order. The sorting itself is done on places in the list, so that its code, some kilobytes, is in a
//! browser's download once and not once for every kind of list.

use std::cmp::Ordering;

/// The list in the order of `by`; equals stay as they stand.
#[must_use]
pub fn ordered<T>(list: impl IntoIterator<Item = T>, by: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut things: Vec<Option<T>> = list.into_iter().map(Some).collect();
    let places = places(
        things.len(),
        &|one, other| match (things.get(one), things.get(other)) {
            (Some(Some(one)), Some(Some(other))) => by(one, other),
            _ => Ordering::Equal,
        },
    );
    let mut sorted = Vec::with_capacity(places.len());
    for place in places {
        sorted.extend(things.get_mut(place).and_then(Option::take));
    }
    sorted
}

/// The list in the order of a key.
#[must_use]
pub fn ordered_by_key<T, K: Ord>(
    list: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    ordered(list, |one, other| key(one).cmp(&key(other)))
}

/// Named things in the order of their names.
#[must_use]
pub fn by_name<T>(list: impl IntoIterator<Item = (T, String)>) -> Vec<(T, String)> {
    ordered(list, |(_, one), (_, other)| one.cmp(other))
}

fn places(length: usize, by: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    places.sort_by(|one, other| by(*one, *other));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_stay_as_they_stand() {
        let list = [(2, "a"), (1, "b"), (2, "c"), (1, "d")];
        assert_eq!(
            ordered_by_key(list, |(number, _)| *number),
            [(1, "b"), (1, "d"), (2, "a"), (2, "c")]
        );
    }

    #[test]
    fn names_are_in_their_order() {
        let list = [(1, "Tustna".to_owned()), (2, "Aure".to_owned())];
        assert_eq!(by_name(list)[0], (2, "Aure".to_owned()));
    }
}
