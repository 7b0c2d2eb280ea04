"""Profile pictures: the table and its codec."""

from sqlalchemy import Table, UniqueConstraint

from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import bytes_column, id_column, metadata, reference, time_column, user_reference
from sojourn.users.images import Image

images = Table(
    "images", metadata,
    id_column(), reference("instance_id"), user_reference(), bytes_column("content"), time_column("created_at"),
    UniqueConstraint("user_id", name="uq_images_user"),
)  # fmt: skip

image_row = Codec(images, Image)
