#!/usr/bin/env python3
"""Tests tests/bench/sequences.py: how it reads profiles, chooses, and notices a list that does not follow any more.

Usage: sequences_test.py SOURCE_FOLDER
"""

import argparse
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(sys.argv.pop(1), "tests/bench")))
import sequences  # noqa: E402

NO_TOOL = argparse.Namespace(tool=None)


class Profiles(unittest.TestCase):
    def test_runs_end_at_jumps_and_at_operations_without_a_name(self):
        text = "4 0 A<s>\n4 0 B<s>\n4 0 Branch<false>\n4 0 C<s>\n4 0 -\n4 0 D<s>\n4 0 E<s>\n\n4 0 F<s>\n"
        names = [[name for name, _ in run] for run in sequences.read_profile(text)]
        self.assertEqual(names, [["A<s>", "B<s>", "Branch<false>"], ["D<s>", "E<s>"]])

    def test_weights_of_a_program_add_up_to_one_and_loops_count_without_running(self):
        run, = sequences.read_profile("9 0 A<s>\n1 1 B<s>\n\n")
        self.assertEqual(sum(weight for _, weight in run), sequences.SCALE - 1)  # rounded down
        run, = sequences.read_profile("0 0 A<s>\n0 1 B<s>\n\n")
        self.assertEqual(run[1][1] // run[0][1], 10)


class Choice(unittest.TestCase):
    def test_a_triple_brings_the_pair_that_it_begins_with(self):
        runs = [[("A<s>", 10), ("B<s>", 10), ("C<s>", 10)]]
        chosen, left = sequences.choose(runs, 0, 1)
        self.assertEqual(chosen, [("A<s>", "B<s>", "C<s>"), ("A<s>", "B<s>")])
        self.assertAlmostEqual(left, 1 / 3)

    def test_operations_without_registers(self):
        self.assertEqual(sequences.in_slots("Load<int8_t, uint32_t, indexed, r0, r1, r2, 1>"),
                         "Load<int8_t, uint32_t, indexed, s, s, s, 1>")
        self.assertEqual(sequences.in_slots("Select<r0, s, k, r2>"), "Select<s, s, k, s>")
        self.assertEqual(sequences.in_slots("GlobalSet<r1>"), "GlobalSet<s>")
        self.assertEqual(sequences.in_slots("BranchIfFloat<f64_gt, 0, v1, vk, 0>"), "BranchIfFloat<f64_gt, 0, s, vk, 0>")


class Check(unittest.TestCase):
    def setUp(self):
        self.text = sequences.SEQUENCES.read_text()

    def test_the_list_follows(self):
        self.assertEqual(list(sequences.quick_problems(self.text, NO_TOOL)), [])

    def test_an_edited_row_or_head_is_noticed(self):
        for before, after in (("\nSEQUENCE_0(", "\nSEQUENCE_0(1"), ("//   corpus   ", "//   corpus   0"),
                              ("//   tool     ", "//   tool     0")):
            edited = self.text.replace(before, after, 1)
            self.assertNotEqual(edited, self.text)
            self.assertEqual(len(list(sequences.quick_problems(edited, NO_TOOL))), 1)


if __name__ == "__main__":
    unittest.main()
