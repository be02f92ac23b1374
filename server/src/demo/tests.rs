use super::*;

#[test]
fn counts() {
    println!("{}", table().unwrap_or_else(|e| panic!("{e}")));
}
