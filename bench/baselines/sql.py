"""The tutorial's way on SQL: FastAPI's and SQLAlchemy's own documentation, combined.

ORM models, a session for each request through a dependency, `selectinload`, response models, tables created
at startup. `DATABASE_URL` names the driver: `sqlite+aiosqlite`, `postgresql+asyncpg`, `mysql+asyncmy`.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import DateTime, ForeignKey, String, Text, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

engine = create_async_engine(os.environ["DATABASE_URL"])
new_session = async_sessionmaker(engine, expire_on_commit=False)


def now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    pass


class Post(Base):
    __tablename__ = "posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(255))
    content: Mapped[str] = mapped_column(Text)
    publication_date: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    comments: Mapped[list["Comment"]] = relationship(back_populates="post", order_by="Comment.id")


class Comment(Base):
    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id", ondelete="CASCADE"), index=True)
    content: Mapped[str] = mapped_column(Text)
    publication_date: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=now)
    post: Mapped[Post] = relationship(back_populates="comments")


class CommentCreate(BaseModel):
    content: str


class CommentRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    post_id: int
    content: str
    publication_date: datetime


class PostCreate(BaseModel):
    title: str
    content: str


class PostRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    content: str
    publication_date: datetime
    comments: list[CommentRead]


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def get_post_or_404(post_id: int, session: Session) -> Post:
    post = await session.scalar(select(Post).options(selectinload(Post.comments)).where(Post.id == post_id))
    if post is None:
        raise HTTPException(404)
    return post


ExistingPost = Annotated[Post, Depends(get_post_or_404)]

app = FastAPI(lifespan=lifespan)


@app.get("/posts", response_model=list[PostRead])
async def list_posts(session: Session, skip: int = 0, limit: int = 10) -> list[Post]:
    query = select(Post).options(selectinload(Post.comments)).order_by(Post.id).offset(skip).limit(limit)
    return list(await session.scalars(query))


@app.get("/posts/{post_id}", response_model=PostRead)
async def get_post(post: ExistingPost) -> Post:
    return post


@app.post("/posts", status_code=201, response_model=PostRead)
async def create_post(draft: PostCreate, session: Session) -> Post:
    post = Post(**draft.model_dump(), comments=[])
    session.add(post)
    await session.commit()
    return post


@app.post("/posts/{post_id}/comments", status_code=201, response_model=PostRead)
async def add_comment(draft: CommentCreate, post: ExistingPost, session: Session) -> Post:
    post.comments.append(Comment(**draft.model_dump()))
    await session.commit()
    return post
