"""Which of Django's own field classes a field is: by its dotted name, for those of well-known packages, or by the bases
of a class in the project."""

from __future__ import annotations

import ast

from relcheck.sources.migration.python.values import Class, Function, Symbol, Value

DEFAULT_AUTO = "DefaultAutoField"
"""Stands for the class that the setting DEFAULT_AUTO_FIELD names."""

GEOMETRY = frozenset(
    {
        "GeometryField",
        "PointField",
        "LineStringField",
        "PolygonField",
        "MultiPointField",
        "MultiLineStringField",
        "MultiPolygonField",
        "GeometryCollectionField",
    }
)
"""Fields of GeoDjango that are one column of the type geometry."""

AUTO_KINDS = frozenset({"AutoField", "BigAutoField", "SmallAutoField", DEFAULT_AUTO})
RELATION_KINDS = frozenset({"ForeignKey", "OneToOneField"})
COLUMNLESS_KINDS = frozenset(
    {"ManyToManyField", "GenericRelation", "GenericForeignKey", "CompositePrimaryKey", "Columnless"}
)

_DJANGO = frozenset(
    [
        "AutoField",
        "BigAutoField",
        "BigIntegerField",
        "BinaryField",
        "BooleanField",
        "CharField",
        "CommaSeparatedIntegerField",
        "DateField",
        "DateTimeField",
        "DecimalField",
        "DurationField",
        "EmailField",
        "FileField",
        "FilePathField",
        "FloatField",
        "ForeignKey",
        "GenericIPAddressField",
        "IPAddressField",
        "ImageField",
        "IntegerField",
        "JSONField",
        "ManyToManyField",
        "NullBooleanField",
        "OneToOneField",
        "OrderWrt",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
        "SlugField",
        "SmallAutoField",
        "SmallIntegerField",
        "TextField",
        "TimeField",
        "URLField",
        "UUIDField",
        "GeneratedField",
        "CompositePrimaryKey",
        "ArrayField",
        "HStoreField",
        "CICharField",
        "CIEmailField",
        "CITextField",
        "IntegerRangeField",
        "BigIntegerRangeField",
        "DecimalRangeField",
        "DateTimeRangeField",
        "DateRangeField",
        "FloatRangeField",
        "SearchVectorField",
        "GenericRelation",
        "GenericForeignKey",
        *GEOMETRY,
        "RasterField",
    ]
)

_PACKAGES = ("django.db.models", "django.contrib.postgres", "django.contrib.contenttypes", "django.contrib.gis")

# Packages whose fields keep their column in the way of one of Django's; what they add is Python only.
_THIRD_PARTY = {
    "autoslug.fields.AutoSlugField": "SlugField",
    "colorfield.fields.ColorField": "CharField",
    "django_countries.fields.CountryField": "CharField",
    "django_extensions.db.fields.AutoSlugField": "SlugField",
    "django_extensions.db.fields.CreationDateTimeField": "DateTimeField",
    "django_extensions.db.fields.ModificationDateTimeField": "DateTimeField",
    "django_extensions.db.fields.RandomCharField": "CharField",
    "django_extensions.db.fields.json.JSONField": "TextField",
    "django_mysql.models.EnumField": "CharField",
    "easy_thumbnails.fields.ThumbnailerImageField": "ImageField",
    "i18nfield.fields.I18nCharField": "TextField",
    "i18nfield.fields.I18nTextField": "TextField",
    "imagekit.models.fields.ProcessedImageField": "ImageField",
    "modelcluster.contrib.taggit.ClusterTaggableManager": "Columnless",
    "modelcluster.fields.ParentalKey": "ForeignKey",
    "modelcluster.fields.ParentalManyToManyField": "ManyToManyField",
    "model_utils.fields.AutoCreatedField": "DateTimeField",
    "model_utils.fields.AutoLastModifiedField": "DateTimeField",
    "model_utils.fields.MonitorField": "DateTimeField",
    "model_utils.fields.StatusField": "CharField",
    "model_utils.fields.UUIDField": "UUIDField",
    "mptt.fields.TreeForeignKey": "ForeignKey",
    "mptt.fields.TreeManyToManyField": "ManyToManyField",
    "mptt.fields.TreeOneToOneField": "OneToOneField",
    "multiselectfield.db.fields.MultiSelectField": "CharField",
    "phonenumber_field.modelfields.PhoneNumberField": "CharField",
    "sorl.thumbnail.fields.ImageField": "ImageField",
    "sortedm2m.fields.SortedManyToManyField": "ManyToManyField",
    "taggit.managers.TaggableManager": "Columnless",
    "timezone_field.fields.TimeZoneField": "CharField",
    "versatileimagefield.fields.VersatileImageField": "ImageField",
    "wagtail.core.fields.RichTextField": "TextField",
    "wagtail.core.fields.StreamField": "JSONField",
    "wagtail.fields.RichTextField": "TextField",
    "wagtail.fields.StreamField": "JSONField",
    "wagtail.images.models.WagtailImageField": "ImageField",
    "wagtail.wagtailcore.fields.RichTextField": "TextField",
    "wagtail.wagtailcore.fields.StreamField": "TextField",
}

LENGTHS = {
    "CommaSeparatedIntegerField": None,
    "EmailField": 254,
    "CIEmailField": 254,
    "FileField": 100,
    "FilePathField": 100,
    "ImageField": 100,
    "SlugField": 50,
    "URLField": 200,
}
"""`max_length` where a class has one of its own."""

_THIRD_PARTY_LENGTHS = {
    "colorfield.fields.ColorField": 25,
    "django_countries.fields.CountryField": 2,
    "phonenumber_field.modelfields.PhoneNumberField": 128,
    "timezone_field.fields.TimeZoneField": 63,
    "model_utils.fields.StatusField": 100,
}

_DEPTH = 6
"""Classes through which a field of the project may inherit from one of Django's."""

_NEVER_EMPTY_TEXT = frozenset(
    [
        "AutoField",
        "BigAutoField",
        "SmallAutoField",
        "BooleanField",
        "NullBooleanField",
        "DateField",
        "DateTimeField",
        "DecimalField",
        "DurationField",
        "FloatField",
        "ForeignKey",
        "OneToOneField",
        "GenericIPAddressField",
        "IPAddressField",
        "IntegerField",
        "BigIntegerField",
        "SmallIntegerField",
        "PositiveIntegerField",
        "PositiveBigIntegerField",
        "PositiveSmallIntegerField",
        "JSONField",
        "TimeField",
        "UUIDField",
        "ArrayField",
        "HStoreField",
        "OrderWrt",
        "IntegerRangeField",
        "BigIntegerRangeField",
        "DecimalRangeField",
        "DateTimeRangeField",
        "DateRangeField",
    ]
)


def may_be_empty_text(kind: str) -> bool:
    """Whether Django fills such a field with an empty text where it has no default and may be blank."""
    return bool(kind) and kind not in _NEVER_EMPTY_TEXT


def default_length(path: str, kind: str) -> int | None:
    return _THIRD_PARTY_LENGTHS.get(path, LENGTHS.get(kind))


def kind_of(func: Value, depth: int = 0) -> str:
    """The class of Django's that a field is made of; empty where that cannot be told."""
    if type(func) is Symbol:
        if func.name == "settings.DEFAULT_AUTO_FIELD":
            return DEFAULT_AUTO
        if func.name in _THIRD_PARTY:
            return _THIRD_PARTY[func.name]
        name = func.name.rpartition(".")[2]
        return name if name in _DJANGO and func.name.startswith(_PACKAGES) else ""
    if type(func) is Class and depth < _DEPTH:
        return _kind_of_class(func, depth)
    return ""


def _kind_of_class(cls: Class, depth: int) -> str:
    """That of a class in the project. One that says its column type by itself is none of Django's."""
    own = cls.scope.names
    if own.keys() & {"db_type", "db_parameters", "rel_db_type"}:
        return ""
    stated = own.get("get_internal_type")
    if type(stated) is Function and isinstance(stated.node, ast.FunctionDef):
        last = stated.node.body[-1]
        if isinstance(last, ast.Return) and isinstance(last.value, ast.Constant) and isinstance(last.value.value, str):
            return last.value.value if last.value.value in _DJANGO else ""
        return ""
    return next((kind for base in cls.bases if (kind := kind_of(base, depth + 1))), "")
