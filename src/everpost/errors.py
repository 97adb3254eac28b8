"""Every error there is. They are facts about the blog and carry no HTTP status."""


class EverpostError(Exception):
    """What every error of Everpost is a kind of; its text is for the person who reads it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(EverpostError):
    """Nothing has this name."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(f"There is no {noun} {name!r}.")
        self.noun = noun


class Conflict(EverpostError):
    """Something else has this value already, and it must be unique."""

    def __init__(self, noun: str, field: str) -> None:
        super().__init__(f"Another {noun} already has this {field}.")
        self.noun = noun
        self.field = field


class LastAdmin(Conflict):
    """The write would leave no enabled admin."""

    def __init__(self) -> None:
        EverpostError.__init__(
            self, "This is the last enabled admin. Give another user the role admin first."
        )
        self.noun, self.field = "user", "role"


class TooManyTokens(Conflict):
    """The user has the maximum number of tokens."""

    def __init__(self, most: int) -> None:
        EverpostError.__init__(
            self, f"You already have {most} tokens, the maximum. Revoke one that you no longer need."
        )
        self.noun, self.field = "token", "name"


class Stale(EverpostError):
    """What was to be changed is no longer as the writer saw it."""

    def __init__(self, noun: str, name: str) -> None:
        super().__init__(f"The {noun} {name!r} has changed since you read it: fetch it again and retry.")
        self.noun = noun


class PreconditionRequired(EverpostError):
    """A precondition is required: the decision does not name a revision."""


class Invalid(EverpostError):
    """A value breaks a rule of the blog."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Unauthenticated(EverpostError):
    """Nobody knows who asks, and this is not for everybody."""

    def __init__(
        self, message: str = "Authentication required: send a bearer token.", *, is_bad_token: bool = False
    ) -> None:
        super().__init__(message)
        self.is_bad_token = is_bad_token


class Forbidden(EverpostError):
    """Who asks is known, and may see the thing but not do this."""


class TooMany(EverpostError):
    """It was tried too often."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds."""


class Busy(EverpostError):
    """The database could not do this in time, or could not be reached. Nothing is known to be lost:
    whoever asks again with the same id finds out.
    """

    def __init__(self, message: str = "The database did not respond in time. Try again.") -> None:
        super().__init__(message)


class Unreachable(EverpostError):
    """A database does not answer at all, or refuses who asks."""


class SchemaMismatch(EverpostError):
    """The database was made by an older or a newer Everpost."""


class DataLoss(EverpostError):
    """A step of a migration would drop something that holds data."""


class Misconfigured(EverpostError):
    """A setting has a value that cannot be used."""


class Unfinished(EverpostError):
    """The database holds a part of a blog that was moving in."""


class Occupied(EverpostError):
    """A database holds something, and what is to be done takes one that does not."""


class WrongAnswer(EverpostError):
    """The application gave another answer than it was asked for while it was measured."""


class UnreadableSource(EverpostError):
    """Parts of an import source cannot be read; the report lists them."""


class BrokenFile(EverpostError):
    """A file is not what it should be."""

    def __init__(self, name: str, place: str, reason: str) -> None:
        super().__init__(f"{name}, {place}: {reason}" if place else f"{name}: {reason}")
        self.name = name
        self.place = place
        self.reason = reason
