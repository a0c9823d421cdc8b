//! Money, economic linkage, shares, and rules of entry.

use super::{Draw, assert_near};
use intergov::analysis::{
    Admission, City, Comparison, EntryRule, Flow, GdpUnit, LinkageUnits, Margin, RuleError, Undefined, admit,
    economic_linkage, economic_linkages, evenness, great_circle_km, hhi, net_flows,
};
use intergov::value::Truth;

/// What Quanzhou, Fuzhou and Xiamen pay for their river a year, in 10 000 yuan; no receiver is named.
const BASIN: [(&str, i64); 3] = [("泉州", 2000), ("福州", 2700), ("厦门", 2100)];

#[test]
fn the_basin_fund() {
    let flows: Vec<_> = BASIN.map(|(payer, amount)| Flow { payer, payee: None, amount }).into();
    let sums = net_flows(&flows);
    assert_eq!(sums.unnamed, 6800);
    assert_eq!(sums.positions["泉州"].net(), -2000);
    assert_near(hhi(&BASIN.map(|(_, amount)| amount as f64)).unwrap(), 0.339533, 1e-6);
}

#[test]
fn flows_add_up_to_nothing() {
    for seed in 0..50 {
        let mut draw = Draw(seed);
        let flows: Vec<_> = (0..200)
            .map(|_| Flow {
                payer: draw.below(12),
                payee: (draw.below(5) > 0).then(|| draw.below(12)),
                amount: draw.next() as i64,
            })
            .collect();
        let sums = net_flows(&flows);
        let net: i128 = sums.positions.values().map(|position| position.net()).sum();
        assert_eq!(net + sums.unnamed, 0);
    }
}

#[test]
fn flows_larger_than_the_amounts_are_exact() {
    let flows = [Flow { payer: "a", payee: Some("b"), amount: i64::MAX }; 4];
    let sums = net_flows(&flows);
    assert_eq!(sums.positions["b"].net(), 4 * i128::from(i64::MAX));
    let own = net_flows(&[Flow { payer: "a", payee: Some("a"), amount: 5 }]);
    assert_eq!((own.positions["a"].net(), own.positions["a"].paid), (0, 5));
    let empty = net_flows::<u32>(&[]);
    assert!(empty.positions.is_empty() && empty.unnamed == 0);
}

#[test]
fn shares() {
    assert_eq!(hhi(&[7.0]), Ok(1.0));
    assert_near(hhi(&[1.0; 4]).unwrap(), 0.25, 1e-12);
    assert_eq!(hhi(&[]), Err(Undefined::ZeroDenominator));
    assert_eq!(hhi(&[f64::NAN]), Err(Undefined::NotAQuantity));
    assert_eq!(hhi(&[f64::MAX, f64::MAX]), Err(Undefined::Overflow));
    assert_near(evenness(&[2.0, 2.0, 2.0]).unwrap(), 1.0, 1e-12);
    assert_eq!(evenness(&[2.0, 0.0, 0.0]), Ok(0.0));
    // Half and half of three kinds: ln 2 / ln 3.
    assert_near(evenness(&[1.0, 1.0, 0.0]).unwrap(), 2_f64.ln() / 3_f64.ln(), 1e-12);
    assert_eq!(evenness(&[1.0]), Err(Undefined::TooFewNodes));
    assert_eq!(evenness(&[0.0, 0.0]), Err(Undefined::ZeroDenominator));
}

#[test]
fn distance_on_the_sphere() {
    let place = |longitude, latitude| City::new(longitude, latitude, 1.0, 1.0).unwrap();
    let half = std::f64::consts::PI * 6371.0088;
    assert_near(great_circle_km(&place(0.0, 90.0), &place(50.0, -90.0)), half, 1e-12);
    assert_near(great_circle_km(&place(-90.0, 0.0), &place(90.0, 0.0)), half, 1e-12);
    assert_near(great_circle_km(&place(179.5, 0.0), &place(-179.5, 0.0)), half / 180.0, 1e-9);
    let (shanghai, nanjing) = (place(121.4737, 31.2304), place(118.7969, 32.0603));
    let km = great_circle_km(&shanghai, &nanjing);
    // By the spherical law of cosines, which is another formula for the same arc.
    let (a, b) = (31.2304_f64.to_radians(), 32.0603_f64.to_radians());
    let turn = (121.4737_f64 - 118.7969).to_radians();
    let arc = (a.sin() * b.sin() + a.cos() * b.cos() * turn.cos()).acos();
    assert_near(km, 6371.0088 * arc, 1e-9);
    assert_eq!(km.to_bits(), great_circle_km(&nanjing, &shanghai).to_bits());
}

#[test]
fn economic_linkage_falls_with_the_square_of_distance() {
    let at = |longitude| City::new(longitude, 0.0, 400.0, 900.0).unwrap();
    let (near, far) = (economic_linkage(&at(0.0), &at(1.0)), economic_linkage(&at(0.0), &at(2.0)));
    assert_near(near.unwrap() / far.unwrap(), 4.0, 1e-9);
    assert_eq!(economic_linkage(&at(3.0), &at(3.0)), Err(Undefined::ZeroDenominator));
    // √(400·900) = 600 on each side, and a degree is 111.195080 km.
    assert_near(near.unwrap(), 360_000.0 / 111.195_080_f64.powi(2), 1e-7);
    let pairs = economic_linkages(&[at(0.0), at(1.0), at(2.0)]);
    assert_eq!(pairs.iter().map(|pair| pair.places).collect::<Vec<_>>(), [(0, 1), (0, 2), (1, 2)]);
    assert_eq!(pairs[0].linkage, near);
    let nobody = City::new(1.0, 1.0, 0.0, 5.0).unwrap();
    assert_eq!(economic_linkage(&nobody, &at(0.0)), Ok(0.0));
    for (longitude, latitude, population) in
        [(181.0, 0.0, 1.0), (0.0, 91.0, 1.0), (0.0, 0.0, -1.0), (f64::NAN, 0.0, 1.0)]
    {
        assert!(City::new(longitude, latitude, population, 1.0).is_err());
    }
    let units = LinkageUnits { gdp: GdpUnit::HundredMillionYuan }.to_string();
    assert_eq!(units, "P in 10 000 persons, G in 100 million yuan, D in km (great circle)");
}

/// Kleene's tables, all nine cells of each.
#[test]
fn three_valued_logic() {
    use Truth::{False, True, Unknown};
    for (a, b, and, or) in [
        (True, True, True, True),
        (True, False, False, True),
        (True, Unknown, Unknown, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, Unknown, False, Unknown),
        (Unknown, True, Unknown, True),
        (Unknown, False, False, Unknown),
        (Unknown, Unknown, Unknown, Unknown),
    ] {
        assert_eq!((a.and(b), a.or(b)), (and, or), "{a:?}, {b:?}");
    }
    assert_eq!([!True, !False, !Unknown], [False, True, Unknown]);
}

/// The entry rule of the Yangtze delta cities.
fn delta(urban: Option<f64>, gdp: Option<f64>, link: Option<f64>) -> Admission {
    let rules = [("urban", 0.20), ("gdp", 0.20), ("link", 10.0)]
        .map(|(attribute, threshold)| EntryRule::new(attribute, Comparison::AtLeast, threshold).unwrap());
    admit(&rules, |attribute| match attribute {
        "urban" => urban,
        "gdp" => gdp,
        _ => link,
    })
}

#[test]
fn a_missing_value_is_unknown_and_a_failure_decides() {
    assert_eq!(delta(Some(0.2), Some(0.5), Some(10.0)).truth, Truth::True);
    assert_eq!(delta(Some(0.2), Some(0.5), None).truth, Truth::Unknown);
    assert_eq!(delta(Some(0.2), Some(0.5), Some(f64::NAN)).truth, Truth::Unknown);
    assert_eq!(delta(Some(0.1), Some(0.5), None).truth, Truth::False);
    assert_eq!(admit(&[], |_| None).truth, Truth::True);
}

#[test]
fn margins_and_near_misses() {
    let candidate = delta(Some(0.31), Some(0.19), Some(4.0));
    assert_near(candidate.least_margin().unwrap(), -0.6, 1e-12);
    let near = |tolerance: f64| -> Vec<String> {
        let checks = candidate.near_misses(tolerance).unwrap();
        checks.iter().map(|check| check.rule.attribute().to_owned()).collect()
    };
    assert_eq!(near(0.10), ["gdp"]);
    assert_eq!(near(0.70), ["gdp", "link"]);
    assert!(near(0.01).is_empty());
    assert!(matches!(candidate.near_misses(-1.0), Err(RuleError::BadTolerance { .. })));
    assert!(matches!(candidate.near_misses(f64::NAN), Err(RuleError::BadTolerance { .. })));
}

#[test]
fn comparisons_at_the_threshold() {
    for (comparison, below, at, above) in [
        (Comparison::AtLeast, Truth::False, Truth::True, Truth::True),
        (Comparison::MoreThan, Truth::False, Truth::False, Truth::True),
        (Comparison::AtMost, Truth::True, Truth::True, Truth::False),
        (Comparison::LessThan, Truth::True, Truth::False, Truth::False),
    ] {
        let rule = EntryRule::new("x", comparison, 2.0).unwrap();
        let truth = |value| rule.check(Some(value)).truth;
        assert_eq!([truth(1.0), truth(2.0), truth(3.0)], [below, at, above], "{comparison:?}");
        let better = if above == Truth::True { 0.5 } else { -0.5 };
        assert_eq!(rule.check(Some(3.0)).margin, Some(Margin::Share(better)));
    }
    let zero = EntryRule::new("growth", Comparison::MoreThan, 0.0).unwrap();
    assert_eq!(zero.check(Some(-0.1)).margin, Some(Margin::Absolute(-0.1)));
    assert_eq!(zero.check(None).margin, None);
    assert!(admit(&[zero], |_| Some(-0.1)).near_misses(1.0).unwrap().is_empty());
    let below_zero = EntryRule::new("debt", Comparison::AtLeast, -4.0).unwrap();
    assert_eq!(below_zero.check(Some(-5.0)).margin, Some(Margin::Share(-0.25)));
    assert!(EntryRule::new("x", Comparison::AtLeast, f64::NAN).is_err());
    assert_eq!(below_zero.with_threshold(-6.0).unwrap().check(Some(-5.0)).truth, Truth::True);
}
