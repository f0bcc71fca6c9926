//! What must not compile does not, and says why.

#[test]
fn a_handler_without_its_facts_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
