//! Checks that wait for each other, of which none could ever be looked at.

use std::collections::BTreeSet;

use touchdown_checks::contract::{Fault, Place};

use super::relations::References;

/// Tells every circle that a walk along the needs runs into. A check that needs itself is
/// told where its needs are read, and is none here.
pub(super) fn tell(ids: &[String], references: &[References], faults: &mut Vec<Fault>) {
    let needs: Vec<Vec<(usize, Place)>> = references.iter().map(edges).collect();
    let mut waiting = waiting(&needs);
    while let Some(&start) = waiting.iter().next() {
        let mut path = vec![start];
        loop {
            let here = path[path.len() - 1];
            let next = needs[here].iter().find(|(next, _)| waiting.contains(next));
            let Some(&(next, _)) = next else { break };
            if let Some(first) = path.iter().position(|&index| index == next) {
                faults.push(circle(&path[first..], ids, &needs));
                break;
            }
            path.push(next);
        }
        for index in path {
            waiting.remove(&index);
        }
    }
}

fn edges(references: &References) -> Vec<(usize, Place)> {
    let all = references.needs.iter().chain(&references.follows);
    all.map(|(need, place)| (need.check, *place)).collect()
}

/// The checks that are left once every check whose needs can pass is taken away.
fn waiting(needs: &[Vec<(usize, Place)>]) -> BTreeSet<usize> {
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut needed_by = vec![Vec::new(); needs.len()];
    for (index, needs) in needs.iter().enumerate() {
        for (need, _) in needs {
            needed_by[*need].push(index);
        }
    }
    let mut free: Vec<usize> = (0..needs.len()).filter(|&index| open[index] == 0).collect();
    while let Some(index) = free.pop() {
        for &dependent in &needed_by[index] {
            open[dependent] -= 1;
            if open[dependent] == 0 {
                free.push(dependent);
            }
        }
    }
    (0..needs.len()).filter(|&index| open[index] > 0).collect()
}

/// The circle, told at the check of it that comes first in the suite.
fn circle(path: &[usize], ids: &[String], needs: &[Vec<(usize, Place)>]) -> Fault {
    let first = (0..path.len()).min_by_key(|&at| path[at]).unwrap_or(0);
    let around: Vec<usize> = path[first..]
        .iter()
        .chain(&path[..=first])
        .copied()
        .collect();
    let names: Vec<String> = around
        .iter()
        .map(|&index| format!("`{}`", ids[index]))
        .collect();
    let second = around.get(1).copied().unwrap_or(around[0]);
    let leads = needs[around[0]].iter().find(|(need, _)| *need == second);
    let place = leads.map_or(Place::default(), |(_, place)| *place);
    let told = format!("these checks wait for each other: {}", names.join(" → "));
    Fault::new(place, told).help("remove one of these needs")
}
