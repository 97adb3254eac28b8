"""The tutorial's way on MongoDB: MongoDB's own tutorial for FastAPI, with PyMongo's async client.

Comments are nested in their post's document, ids are made strings by a validator, response models.
`DATABASE_URL` names the database.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from bson import ObjectId
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, BeforeValidator, Field
from pymongo import AsyncMongoClient, ReturnDocument

Document = dict[str, Any]

client: AsyncMongoClient[Document] = AsyncMongoClient(os.environ["DATABASE_URL"])
posts = client.get_default_database()["posts"]

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


@app.get("/posts", response_model=list[PostRead], response_model_by_alias=False)
async def list_posts(skip: int = 0, limit: int = 10) -> list[Document]:
    return await posts.find().sort("_id", 1).skip(skip).limit(limit).to_list()


@app.get("/posts/{post_id}", response_model=PostRead, response_model_by_alias=False)
async def get_post(post_id: str) -> Document:
    post = await posts.find_one({"_id": ObjectId(post_id)})
    if post is None:
        raise HTTPException(404)
    return post


@app.post("/posts", status_code=201, response_model=PostRead, response_model_by_alias=False)
async def create_post(draft: PostCreate) -> Document:
    post = {**draft.model_dump(), "publication_date": datetime.now(UTC), "comments": []}
    await posts.insert_one(post)
    return post


@app.post(
    "/posts/{post_id}/comments", status_code=201, response_model=PostRead, response_model_by_alias=False
)
async def add_comment(post_id: str, draft: CommentCreate) -> Document:
    comment = {"_id": ObjectId(), **draft.model_dump(), "publication_date": datetime.now(UTC)}
    post = await posts.find_one_and_update(
        {"_id": ObjectId(post_id)},
        {"$push": {"comments": comment}},
        return_document=ReturnDocument.AFTER,
    )
    if post is None:
        raise HTTPException(404)
    return post
