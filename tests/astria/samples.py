"""Objects as Astria's documentation shows them."""

from __future__ import annotations

PICTURE = "https://sdbooth2-production.s3.amazonaws.com/mock"

TUNE: dict[str, object] = {
    "id": 788416,
    "title": "John Doe",
    "name": "woman",
    "is_api": False,
    "token": "ohwx",
    "base_tune_id": None,
    "args": None,
    "steps": None,
    "face_crop": None,
    "ckpt_url": PICTURE,
    "ckpt_urls": [PICTURE],
    "trained_at": "2023-10-02T14:32:40.363Z",
    "started_training_at": "2023-10-02T14:32:05.229Z",
    "expires_at": "2023-11-01T14:32:40.363Z",
    "created_at": "2023-10-02T14:32:05.067Z",
    "branch": "sdxl1",
    "model_type": "lora",
    "updated_at": "2023-10-02T14:32:40.363Z",
    "url": "https://www.astria.ai/tunes/788416.json",
    "orig_images": [PICTURE, PICTURE],
}

PACK_TUNE: dict[str, object] = {
    "id": 1,
    "title": "John Doe",
    "name": "woman",
    "eta": "2023-10-02T14:32:40.363Z",
    "created_at": "2023-10-02T14:32:05.067Z",
    "url": "https://www.astria.ai/tunes/788416.json",
}

PROMPT: dict[str, object] = {
    "id": 1,
    "callback": "https://example.com/callbacks/token",
    "text": "a painting of ohwx man in the style of Van Gogh",
    "negative_prompt": "old, blemish, wrinkles, mole",
    "cfg_scale": None,
    "steps": None,
    "seed": None,
    "trained_at": None,
    "started_training_at": None,
    "created_at": "2022-10-06T16:12:54.505Z",
    "updated_at": "2022-10-06T16:12:54.505Z",
    "tune_id": 1,
    "url": "http://api.astria.ai/tunes/1/prompts/1.json",
}

PACK: dict[str, object] = {
    "id": 5,
    "base_tune_id": 1,
    "user_id": 1,
    "slug": "test-rv5-1-pack",
    "title": "test rv5.1 pack",
    "token": "ohwx",
    "created_at": "2024-01-17T12:35:13.379Z",
    "updated_at": "2024-04-04T12:14:52.094Z",
    "multiplier": 10,
    "model_type": None,
    "public_at": None,
    "cost_mc_hash": {"man": 200000, "woman": 100000},
}

PACK_DETAIL: dict[str, object] = {
    "id": 260,
    "slug": "corporate-headshots",
    "title": "Corporate Headshots",
    "cover_url": PICTURE,
    "created_at": "2024-09-02T19:25:12.970Z",
    "updated_at": "2025-04-01T13:20:02.258Z",
    "public_at": "2025-02-16T17:13:02.204Z",
    "unlisted_at": None,
    "costs": {"woman": {"cost": 360, "num_images": 35}, "man": {"cost": 331, "num_images": 28}},
    "logo": None,
    "prompts_per_class": {"woman": [{"id": 18771572, "images": [PICTURE]}], "man": []},
}

INSPECTION: dict[str, object] = {
    "age": "20 yo",
    "blurry": False,
    "facial_hair": "",
    "hair_color": "brunette",
    "name": "woman",
    "selfie": True,
}
