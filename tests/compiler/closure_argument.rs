// Prints the same line twice. See test_compiler.py.
fn main() {
    let next: &dyn Fn([u64; 3]) = &|mut list| {
        list[0] += 1;
        println!("{list:?}");
    };
    next([1, 2, 3]);
    next([1, 2, 3]);
}
