import unittest

from {{package}} import greet


class GreetTest(unittest.TestCase):
    def test_the_greeting_names_who_is_greeted(self) -> None:
        self.assertEqual(greet("Ada"), "Hello, Ada!")

    def test_every_script_comes_through(self) -> None:
        self.assertEqual(greet("Zoë 世界"), "Hello, Zoë 世界!")

    def test_many_calls(self) -> None:
        for number in range(1000):
            self.assertEqual(greet(str(number)), f"Hello, {number}!")


if __name__ == "__main__":
    unittest.main()
