"""The tutorial's way on MongoDB: like the chapter that Everpost began with, on PyMongo's async client.

Comments are nested in their post's document, a validator turns ids into strings, one dependency provides the
database and another finds the post, and each write is read back and returned by a response model.
`DATABASE_URL` names the database.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from bson import ObjectId
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, BeforeValidator, Field
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

Document = dict[str, Any]

client: AsyncMongoClient[Document] = AsyncMongoClient(os.environ["DATABASE_URL"])


def get_database() -> AsyncDatabase[Document]:
    return client.get_default_database()


Database = Annotated[AsyncDatabase[Document], Depends(get_database)]

PyObjectId = Annotated[str, BeforeValidator(str)]


class CommentCreate(BaseModel):
    content: str


class CommentRead(BaseModel):
    id: PyObjectId = Field(alias="_id")
    content: str
    publication_date: datetime


class PostCreate(BaseModel):
    title: str
    content: str


class PostRead(BaseModel):
    id: PyObjectId = Field(alias="_id")
    title: str
    content: str
    publication_date: datetime
    comments: list[CommentRead]


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    await client.aconnect()
    yield
    await client.close()


app = FastAPI(lifespan=lifespan)


async def get_post_or_404(post_id: str, database: Database) -> Document:
    post = await database["posts"].find_one({"_id": ObjectId(post_id)})
    if post is None:
        raise HTTPException(404)
    return post


Post = Annotated[Document, Depends(get_post_or_404)]


@app.get("/posts", response_model=list[PostRead], response_model_by_alias=False)
async def list_posts(database: Database, skip: int = 0, limit: int = 10) -> list[Document]:
    return await database["posts"].find().sort("_id", 1).skip(skip).limit(limit).to_list()


@app.get("/posts/{post_id}", response_model=PostRead, response_model_by_alias=False)
async def get_post(post: Post) -> Document:
    return post


@app.post("/posts", status_code=201, response_model=PostRead, response_model_by_alias=False)
async def create_post(draft: PostCreate, database: Database) -> Document:
    post = {**draft.model_dump(), "publication_date": datetime.now(UTC), "comments": []}
    result = await database["posts"].insert_one(post)
    return await get_post_or_404(str(result.inserted_id), database)


@app.post(
    "/posts/{post_id}/comments", status_code=201, response_model=PostRead, response_model_by_alias=False
)
async def add_comment(post: Post, draft: CommentCreate, database: Database) -> Document:
    comment = {"_id": ObjectId(), **draft.model_dump(), "publication_date": datetime.now(UTC)}
    await database["posts"].update_one({"_id": post["_id"]}, {"$push": {"comments": comment}})
    return await get_post_or_404(str(post["_id"]), database)
