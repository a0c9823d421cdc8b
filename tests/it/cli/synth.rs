//! `synth`: from a seed to a store without a breach.

use super::Place;

#[test]
fn invented_data_become_a_sound_store() {
    let place = Place::empty();
    let size = ["--governments", "400", "--ties", "900", "--arrangements", "30", "--parties", "150"];
    let synth = |out: &str, seed: &str| {
        let mut arguments = vec!["synth", out, "--seed", seed, "--years", "1990..2020"];
        arguments.extend(size);
        place.run(&arguments)
    };
    let run = synth("null", "7").succeeds();
    assert!(run.stdout().is_empty() && run.stderr().contains("         900 cooperation\n"), "{run}");
    let run = place.run(&["import", "store", "null"]).succeeds();
    assert!(!run.stderr().contains("warning"), "{run}");
    assert!(place.run(&["verify", "store"]).succeeds().stderr().ends_with("the store is sound\n"));
    // The second time, and what cannot be: nothing is written.
    let run = synth("null", "7").fails(1);
    assert_eq!(run.stderr(), "error: null is not empty; name another folder, or allow to overwrite it\n");
    let run = place.run(&["synth", "other", "--governments", "2"]).fails(2);
    assert!(run.stderr().starts_with("error: there cannot be 2 governments of which none"), "{run}");
    place.run(&["synth", "other", "--years", "2020..1990"]).fails(2);
    place.run(&["synth", "other", "--years", "1990"]).fails(2);
    assert!(!place.path("other").exists());
    // The same seed, and another.
    synth("again", "7").succeeds();
    synth("else", "8").succeeds();
    assert_eq!(place.read("null/cooperation.csv"), place.read("again/cooperation.csv"));
    assert_ne!(place.read("null/cooperation.csv"), place.read("else/cooperation.csv"));
}
