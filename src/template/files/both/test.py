import unittest

from {{package}} import greet


class GreetTest(unittest.TestCase):
    def test_greeting_contains_the_name(self) -> None:
        self.assertEqual(greet("Ada"), "Hello, Ada!")

    def test_unicode_is_preserved(self) -> None:
        self.assertEqual(greet("Zoë 世界"), "Hello, Zoë 世界!")

    def test_many_calls(self) -> None:
        for number in range(1000):
            self.assertEqual(greet(str(number)), f"Hello, {number}!")


if __name__ == "__main__":
    unittest.main()
