"""What every store promises about the pictures of users."""

from dataclasses import replace

from sojourn.ids import InstanceId, UserId, new_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.store.interface import Store
from sojourn.users.images import Image

from .values import LATER, NOW, a_user, race_each


def an_image(instance_id: InstanceId, user_id: UserId, content: bytes = b"RIFF\x00\xff" * 1000) -> Image:
    return Image(new_id("img_"), instance_id, user_id, content, NOW)


async def test_a_picture_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    image = an_image(instance_id, user.id)
    await store.images.put(image)
    assert await store.images.find(instance_id, image.id) == image
    assert await store.images.find(new_instance_id(), image.id) is None  # R-AUZ-02
    assert not await store.images.delete_of_user(new_instance_id(), user.id)
    assert await store.images.delete_of_user(instance_id, user.id)
    assert not await store.images.delete_of_user(instance_id, user.id)
    assert await store.images.find(instance_id, image.id) is None


async def test_the_earlier_picture_is_gone(store: Store, instance_id: InstanceId) -> None:
    user, other = a_user(instance_id), a_user(instance_id)
    for each in (user, other):
        await store.users.create(each)
    first, second, others = (an_image(instance_id, each) for each in (user.id, user.id, other.id))
    for image in (first, others, replace(second, created_at=LATER)):
        await store.images.put(image)
    assert await store.images.find(instance_id, first.id) is None
    assert await store.images.find(instance_id, second.id) == replace(second, created_at=LATER)
    assert await store.images.find(instance_id, others.id) == others


async def test_of_fifty_pictures_put_at_once_one_is_left(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-REL-02
    user = a_user(instance_id)
    await nodes[0].users.create(user)
    images = [an_image(instance_id, user.id, b"%d" % n) for n in range(50)]
    await race_each(nodes, lambda node, image: node.images.put(image), images)
    left = [image for image in images if await nodes[1].images.find(instance_id, image.id) is not None]
    assert len(left) == 1


async def test_it_goes_with_the_user_and_none_comes_after(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    image = an_image(instance_id, user.id)
    await store.images.put(image)
    assert await store.users.delete(instance_id, user.id)
    assert await store.images.find(instance_id, image.id) is None
    await store.images.put(image)
    assert await store.images.find(instance_id, image.id) is None


async def test_what_a_broken_transaction_put_is_undone(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    first, second = an_image(instance_id, user.id), an_image(instance_id, user.id)
    await store.images.put(first)
    try:
        async with store.transaction() as tx:
            await tx.images.put(second)
            raise ConnectionError
    except ConnectionError:
        pass
    assert await store.images.find(instance_id, first.id) == first
    assert await store.images.find(instance_id, second.id) is None
